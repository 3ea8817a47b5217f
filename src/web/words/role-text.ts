import { t } from './words.ts'

/** Returns the name of a role. */
export function roleText(role: string): string {
  if (role === 'owner') return t('role.owner')
  if (role === 'moderator') return t('role.moderator')
  return role === 'member' ? t('role.member') : t('role.reader')
}
