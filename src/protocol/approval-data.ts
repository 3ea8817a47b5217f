import * as z from 'zod/v4'
import { isApprovalData } from './turn-limits.ts'

/** The JSON that people are shown with a request for approval. */
export const approvalData = z.unknown().refine(isApprovalData, 'JSON of at most 4 KiB, at most 8 deep')
