// Made by `npm run generate` from the description of the API: change that instead.

/**
 * A logged event: its native frame.
 *
 */
export type LoggedEvent =
  | EventMessage
  | EventAgentMessage
  | EventMessageEdited
  | EventMessageDeleted
  | EventReaction
  | EventAgentJoined
  | EventAgentLeft
  | EventCircleStatus
  | EventMemberChanged
  | EventTurnFailed
  | EventApprovalRequested
  | EventApprovalDecided
  | EventFileCreated
  | EventFileChanged
  | EventFileDeleted
  | EventGitStatus
  | EventAgentActivity
  | EventWebhookFailed
  | EventDocumentEdited

/**
 * The operations of the HTTP API: what each takes, and what it returns.
 */
export interface Operations {
  /**
   * List circles. The circles that the caller may know of, by name. Page through them with `after`.
   */
  listCircles: {
    args: {
      after?: string
      limit?: number
    }
    result: {
      circles: {
        name: string
        title: string
        status: 'active' | 'paused' | 'archived'
        visibility: 'public' | 'private'
        default_agent: string | null
        created_at: string
        region?: 'wnam' | 'enam' | 'sam' | 'weur' | 'eeur' | 'apac' | 'apac-ne' | 'apac-se' | 'oc' | 'afr' | 'me'
      }[]
      more: boolean
    }
  }
  /**
   * Create a circle. The caller becomes its owner. 409 if it exists, unless it was never created and the caller wrote its first message. `region` is a hint to the platform where to keep it.
   */
  createCircle: {
    args: {
      body: {
        title?: string
        default_agent?: string | null
        rules?: {
          match: string
          agent: string
        }[]
        prompt?: string
        visibility?: 'public' | 'private'
        status?: 'active' | 'paused' | 'archived'
        writers?: 'members' | 'moderators'
        retention?: {
          events?: number
          days?: number
          bytes?: number
        }
        bots?: string[]
        links?: string[]
        region?: 'wnam' | 'enam' | 'sam' | 'weur' | 'eeur' | 'apac' | 'apac-ne' | 'apac-se' | 'oc' | 'afr' | 'me'
        name: string
      }
    }
    result: Circle
  }
  /**
   * Get a circle. Its settings, the bounds of its log, and how many users are connected.
   */
  getCircle: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: Circle
  }
  /**
   * Change the settings of a circle. Owners only. Keys that are absent stay as they are.
   */
  updateCircle: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      body: {
        title?: string
        default_agent?: string | null
        rules?: {
          match: string
          agent: string
        }[]
        prompt?: string
        visibility?: 'public' | 'private'
        status?: 'active' | 'paused' | 'archived'
        writers?: 'members' | 'moderators'
        retention?: {
          events?: number
          days?: number
          bytes?: number
        }
        bots?: string[]
        links?: string[]
      }
    }
    result: Circle
  }
  /**
   * Delete a circle with its log. Owners only. Repeat the name in `confirm`. Sockets close with 4410; the next circle of this name has another epoch.
   */
  deleteCircle: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      confirm: string
    }
    result: undefined
  }
  /**
   * Search the messages of a circle. Finds messages that contain all the words, whatever their case and accents; the last word may be a prefix. Newest first. `before`: a seq, such as `next` of the page before; `from`: the name or the id of the author.
   */
  searchCircle: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      q: string
      limit?: number
      before?: number
      from?: string
    }
    result: {
      results: {
        seq: number
        type: 'message' | 'agent_message'
        timestamp: string
        author: {
          id: string
          name: string
        }
        snippet: string
        highlights: number[][]
      }[]
      complete: boolean
      next: number | null
    }
  }
  /**
   * Send a message. 201 when it was stored, 200 when the same `Idempotency-Key` stored it before.
   */
  sendMessage: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        /**
         * At most 32768 bytes of UTF-8 unless the server has another limit, and more than spaces.
         */
        content: string
        reply_to?: number
        to?: string
        meta?: {
          [k: string]: unknown
        }
        attachments?: string[]
      }
    }
    result: {
      seq: number
      id: string
    }
  }
  /**
   * Export the log of a circle. The whole log as JSON lines, one event per line.
   */
  exportCircle: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: Response
  }
  /**
   * Import an exported log. Owners only. Into an empty circle, or with replace=true in place of its log. Seqs stay; the epoch is new.
   */
  importCircle: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      replace?: 'true' | 'false'
      body: string | ReadableStream<Uint8Array>
    }
    result: {
      events: number
    }
  }
  /**
   * Send a message to a channel of any kind. As a command, like the others; sendMessage does it for a circle, with 201 for a message that is new.
   */
  sendChannelMessage: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        /**
         * At most 32768 bytes of UTF-8 unless the server has another limit, and more than spaces.
         */
        content: string
        reply_to?: number
        to?: string
        meta?: {
          [k: string]: unknown
        }
        attachments?: string[]
      }
    }
    result: CommandResult
  }
  /**
   * Edit a message. The caller’s own; moderators and owners edit any.
   */
  editMessage: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        seq: number
        /**
         * At most 32768 bytes of UTF-8 unless the server has another limit, and more than spaces.
         */
        content: string
      }
    }
    result: CommandResult
  }
  /**
   * Delete a message. The caller’s own; moderators and owners delete any. Its text is erased from the log.
   */
  deleteMessage: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        seq: number
      }
    }
    result: CommandResult
  }
  /**
   * Add or remove a reaction. One emoji for a message.
   */
  react: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        seq: number
        emoji: string
        remove?: boolean
      }
    }
    result: CommandResult
  }
  /**
   * Tell the others how far the caller has read. A read position is not stored: it reaches those who are connected.
   */
  markRead: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        seq: number
      }
    }
    result: CommandResult
  }
  /**
   * Set the presence state of the caller. On all of the caller’s sockets and streams; 404 without any, since presence lasts as long as they do.
   */
  setPresence: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        state: {
          [k: string]: unknown
        }
      }
    }
    result: CommandResult
  }
  /**
   * Send a value that is not stored. To everybody who is connected, or to the sockets of one user.
   */
  sendSignal: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        name: string
        value: unknown
        to?: string
      }
    }
    result: CommandResult
  }
  /**
   * Stop the turn of an agent. The author of the message that started it, and moderators.
   */
  stopTurn: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        turn: string
      }
    }
    result: CommandResult
  }
  /**
   * Change the settings of a channel of any kind. Owners only. Keys that are absent stay as they are.
   */
  configureChannel: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        title?: string
        default_agent?: string | null
        rules?: {
          match: string
          agent: string
        }[]
        prompt?: string
        visibility?: 'public' | 'private'
        status?: 'active' | 'paused' | 'archived'
        writers?: 'members' | 'moderators'
        retention?: {
          events?: number
          days?: number
          bytes?: number
        }
        bots?: string[]
        links?: string[]
      }
    }
    result: CommandResult
  }
  /**
   * Approve what an agent asks for. The decision is logged and the turn goes on.
   */
  approve: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        approval: string
        note?: string
      }
    }
    result: CommandResult
  }
  /**
   * Reject what an agent asks for. The decision is logged and the turn goes on.
   */
  reject: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * A request that is sent again with the same key takes effect once. The key is the caller’s own.
       */
      idempotencyKey?: string
      body: {
        approval: string
        note?: string
      }
    }
    result: CommandResult
  }
  /**
   * List the members of a circle. The people who are present, and those with a role or a restriction of their own. Moderators see who is muted and who is banned; everybody sees it of themself. In the order of their ids; while there are `more`, the next page follows the last of them, as `after`.
   */
  listMembers: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      after?: string
      limit?: number
    }
    result: {
      members: {
        id: string
        name: string | null
        role: ('reader' | 'member' | 'moderator' | 'owner') | null
        muted?: boolean
        banned?: boolean
        sessions: number
      }[]
      more: boolean
    }
  }
  /**
   * Change the role of a member, mute or ban them. In force at once, on open sockets too.
   */
  updateMember: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * The id of a user.
       */
      user: string
      body: {
        role?: ('reader' | 'member' | 'moderator' | 'owner') | null
        muted?: boolean
        banned?: boolean
      }
    }
    result: {
      id: string
      name: string | null
      role: ('reader' | 'member' | 'moderator' | 'owner') | null
      muted?: boolean
      banned?: boolean
      sessions: number
    }
  }
  /**
   * Remove a member, or leave. Their sockets close. They may return unless they are banned, without a role that the circle gave and with every limit that it set. The only owner cannot leave (409).
   */
  removeMember: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * The id of a user.
       */
      user: string
    }
    result: undefined
  }
  /**
   * Create an invitation. Its code makes those who use it members of a private circle, as long as its maker may give the role. Only this response shows the code; `id` takes it back.
   */
  createInvitation: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      body: {
        role?: 'reader' | 'member' | 'moderator' | 'owner'
        uses?: number
        expires_in?: number
      }
    }
    result: {
      id: string
      invitation: string
      role: 'reader' | 'member' | 'moderator' | 'owner'
      uses: number
      expires_in: number
    }
  }
  /**
   * List the open invitations. Moderators only. Without their codes.
   */
  listInvitations: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: {
      invitations: {
        id: string
        role: 'reader' | 'member' | 'moderator' | 'owner'
        uses: number
        by: string | null
        expires_at: string
      }[]
    }
  }
  /**
   * Revoke every open invitation. Nobody can use an invitation that was created before.
   */
  revokeInvitations: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: undefined
  }
  /**
   * Take back one invitation. Moderators only. By its id, or by its code.
   */
  revokeInvitation: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * The id of an invitation, or its code.
       */
      invitation: string
    }
    result: undefined
  }
  /**
   * Use an invitation. Makes the caller a member.
   */
  joinCircle: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      body: {
        invitation: string
      }
    }
    result: {
      id: string
      name: string | null
      role: ('reader' | 'member' | 'moderator' | 'owner') | null
      muted?: boolean
      banned?: boolean
      sessions: number
    }
  }
  /**
   * Revoke the tokens of a user. Every token of the user that was issued until now; open sockets close with 4401. For the user and for owners of the deployment.
   */
  revokeUserTokens: {
    args: {
      /**
       * The id of a user.
       */
      user: string
    }
    result: {
      user: string
      revoked_at: string
      channels: number
    }
  }
  /**
   * Redeem the owner’s link. The code of the link that a deployment prints, once and within 24 hours. 410: it was used or expired.
   */
  redeemOwnerLink: {
    args: {
      body: {
        code: string
        name: string
      }
    }
    result: {
      token: string
      expires_in: number
      user: {
        id: string
        name: string
      }
    }
  }
  /**
   * Get what you have not read. By circle: messages of others (at most 100 are counted, in the 200 circles where you came last), and the mentions, replies in your threads, requests for approval and failed turns in your inbox. With `active`, only the circles in which something has happened within the last minutes, also those where you have read everything since: ask for all once, and then for these, at most once in 15 s.
   */
  getUnread: {
    args: {
      active?: 'true' | 'false'
    }
    result: {
      channels: {
        channel: string
        messages: number
        mentions: number
        replies: number
        direct: number
        approvals: number
        failures: number
        first: number | null
      }[]
    }
  }
  /**
   * List your inbox. Newest first, without texts: those are in the circles, for whoever may read there. At most 1,000 are kept.
   */
  listInbox: {
    args: {
      limit?: number
      unread?: 'true' | 'false'
    }
    result: {
      items: {
        channel: string
        epoch: string
        seq: number
        kind: 'mention' | 'reply' | 'direct' | 'approval' | 'failure'
        at: string
        from: {
          id: string
          name: string
        }
        root: number | null
        approval?: string
        message?: number
        read: boolean
      }[]
    }
  }
  /**
   * Mark items of your inbox as read. Those up to `seq` that are in no thread, with `root` in that one, or with `only` the one at `seq`. A request for approval waits until it is decided.
   */
  markInboxRead: {
    args: {
      body: {
        channel: string
        seq: number
        root?: number | null
        only?: boolean
      }
    }
    result: undefined
  }
  /**
   * Get the settings of your notifications. The public key of this deployment, for `pushManager.subscribe`, and the channels for which you have chosen; in all others you are told of what is for you.
   */
  getNotificationSettings: {
    args: Record<never, never>
    result: NotificationSettings
  }
  /**
   * Choose of what you are told in a channel. `all`, `mentions` (what is for you: also replies in your threads, private messages, requests for approval and failed turns) or `none`. `all` is told while a page is open; a push is sent for what is for you.
   */
  setNotificationLevel: {
    args: {
      body: {
        channel: string
        level: 'all' | 'mentions' | 'none'
      }
    }
    result: undefined
  }
  /**
   * Subscribe a device. With what `pushManager.subscribe` returns (Web Push). It is told of what is for you while no page of yours is open; without the texts of private circles, unless `private_texts` is true. At most 20 are kept.
   */
  addDevice: {
    args: {
      body: {
        endpoint: string
        keys: {
          p256dh: string
          auth: string
        }
        private_texts?: boolean
      }
    }
    result: {
      id: string
    }
  }
  /**
   * Forget a device. By the id that subscribing returned.
   */
  removeDevice: {
    args: {
      /**
       * The id of the device.
       */
      device: string
    }
    result: undefined
  }
  /**
   * List the events of a circle. Native frames, oldest first: the last ones, or those after or before a seq, but not both.
   */
  listCircleEvents: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      before?: number
      after?: number
      limit?: number
    }
    result: EventPage
  }
  /**
   * List the events of a workspace. Native frames, oldest first: the last ones, or those after or before a seq, but not both.
   */
  listWorkspaceEvents: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      before?: number
      after?: number
      limit?: number
    }
    result: EventPage
  }
  /**
   * List the events of an agent’s channel. Native frames, oldest first: the last ones, or those after or before a seq, but not both.
   */
  listAgentEvents: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      before?: number
      after?: number
      limit?: number
    }
    result: EventPage
  }
  /**
   * Stream a channel as Server-Sent Events. `id` of each event is its seq; `Last-Event-ID` or `since` resumes after one. The caller is present while the stream is open.
   */
  streamEvents: {
    args: {
      /**
       * The kind of the channel.
       */
      kind: 'circle' | 'workspace' | 'agent'
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      since?: number
      epoch?: string
      signals?: '1'
      /**
       * The seq of the last event that was received; `epoch` names its log.
       */
      lastEventId?: string
    }
    result: Response
  }
  /**
   * Publish events. One event or a list of up to 100, each with its own result.
   */
  publishEvents: {
    args: {
      body:
        | (
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'message'
                data: {
                  /**
                   * At most 32768 bytes of UTF-8 unless the server has another limit, and more than spaces.
                   */
                  content: string
                  reply_to?: number
                  to?: string
                  meta?: {
                    [k: string]: unknown
                  }
                  attachments?: string[]
                }
              }
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'agent.message'
                data: {
                  agent_id: string
                  content: string
                  in_reply_to?: number
                }
              }
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'workspace.file_created'
                data: {
                  path: string
                  size?: number
                  sha256?: string
                  mtime?: string
                  diff?: string
                }
              }
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'workspace.file_changed'
                data: {
                  path: string
                  size?: number
                  sha256?: string
                  mtime?: string
                  diff?: string
                }
              }
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'workspace.file_deleted'
                data: {
                  path: string
                  size?: number
                  sha256?: string
                  mtime?: string
                  diff?: string
                }
              }
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'workspace.git_status'
                data: {
                  branch: string | null
                  head: string | null
                  upstream?: string
                  ahead: number
                  behind: number
                  staged: string[]
                  changed: string[]
                  untracked: string[]
                  conflicted: string[]
                  more?: number
                }
              }
          )
        | (
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'message'
                data: {
                  /**
                   * At most 32768 bytes of UTF-8 unless the server has another limit, and more than spaces.
                   */
                  content: string
                  reply_to?: number
                  to?: string
                  meta?: {
                    [k: string]: unknown
                  }
                  attachments?: string[]
                }
              }
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'agent.message'
                data: {
                  agent_id: string
                  content: string
                  in_reply_to?: number
                }
              }
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'workspace.file_created'
                data: {
                  path: string
                  size?: number
                  sha256?: string
                  mtime?: string
                  diff?: string
                }
              }
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'workspace.file_changed'
                data: {
                  path: string
                  size?: number
                  sha256?: string
                  mtime?: string
                  diff?: string
                }
              }
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'workspace.file_deleted'
                data: {
                  path: string
                  size?: number
                  sha256?: string
                  mtime?: string
                  diff?: string
                }
              }
            | {
                id: string
                source?: string
                time?: string
                channel?: string
                circle_name?: string
                workspace_id?: string
                type: 'workspace.git_status'
                data: {
                  branch: string | null
                  head: string | null
                  upstream?: string
                  ahead: number
                  behind: number
                  staged: string[]
                  changed: string[]
                  untracked: string[]
                  conflicted: string[]
                  more?: number
                }
              }
          )[]
    }
    result: {
      results: {
        id: string
        status: 'stored' | 'duplicate' | 'refused'
        channel?: string
        seq?: number
        error?: {
          code: string
          message: string
        }
      }[]
    }
  }
  /**
   * List the documents of a circle. By name: those that somebody has opened who may write.
   */
  listDocuments: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
    }
    result: {
      documents: {
        name: string
        created_at: string
      }[]
    }
  }
  /**
   * Read a document. A text, prose as Markdown, or JSON. `root` names a shared type; 409 without it if there are several.
   */
  getDocument: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
      root?: string
      version?: number
    }
    result: DocumentContent
  }
  /**
   * Edit a text at its anchors. Replaces texts that occur once, one after the other, all or none; an empty `old` is the end. With `suggest` the edits wait until somebody accepts them.
   */
  editDocument: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
      body: {
        root?: string
        edits: AnchoredEdit[]
        suggest?: boolean
      }
    }
    result: {
      root: string
      edit?: number
      suggestion?: number
    }
  }
  /**
   * Delete a document with its versions. Owners only. Repeat both names in `confirm`: `dev/plan`. Sockets close with 4410.
   */
  deleteDocument: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
      confirm: string
    }
    result: undefined
  }
  /**
   * Undo an edit. One of the last 100 that were made over HTTP or by agents, by who made it. What others wrote since stays; 409 if something that it wrote in place of something else was replaced since.
   */
  undoDocumentEdit: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
      /**
       * The number of a version, a suggestion or an edit.
       */
      number: string
    }
    result: undefined
  }
  /**
   * List the suggestions for a document. The edits that wait for somebody to accept or reject them, the oldest first.
   */
  listSuggestions: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
    }
    result: {
      suggestions: Suggestion[]
    }
  }
  /**
   * Accept or reject a suggestion. Whoever may write decides. 409 if what it replaces is not there any more; then it stays.
   */
  decideSuggestion: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
      /**
       * The number of a version, a suggestion or an edit.
       */
      number: string
      body: {
        accept: boolean
      }
    }
    result: undefined
  }
  /**
   * List the versions of a document. One for each hour in which it was edited, and those with a name; the newest first.
   */
  listDocumentVersions: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
    }
    result: {
      versions: DocumentVersion[]
    }
  }
  /**
   * Keep what is there as a version with a name. A document has at most 100 of them.
   */
  createDocumentVersion: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
      body: {
        name: string
      }
    }
    result: DocumentVersion
  }
  /**
   * Compare a version as text. With another one, or with what is there now: the lines between what both begin and end with.
   */
  compareDocumentVersion: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
      /**
       * The number of a version, a suggestion or an edit.
       */
      number: string
      with?: number
      root?: string
    }
    result: {
      difference: {
        line: number
        removed: string[]
        added: string[]
      } | null
    }
  }
  /**
   * Restore a version. As an edit that everybody receives; what is there now is kept as a version.
   */
  restoreDocumentVersion: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
      /**
       * The number of a version, a suggestion or an edit.
       */
      number: string
    }
    result: undefined
  }
  /**
   * Export a document. Its state as one update of Yjs, which every program that uses Yjs can apply.
   */
  exportDocument: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
    }
    result: Response
  }
  /**
   * Merge an update of Yjs into a document. Such as an export; it comes as an edit.
   */
  importDocument: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
      body: string | ReadableStream<Uint8Array>
    }
    result: undefined
  }
  /**
   * Begin a private chat. With a person (`user`: their id) with whom you share a circle in which you may write, or with an agent (`agent:pickle`). `circle` names one that you share; without it, those are asked in which both of you have been. What exists is returned. 403 `blocked`: they take no messages of yours.
   */
  beginDirectChat: {
    args: {
      body: {
        user: string
        circle?: string
      }
    }
    result: DirectChat
  }
  /**
   * List your private chats. The latest first, among the 200 channels where you came last. Guests have no such list.
   */
  listDirectChats: {
    args: Record<never, never>
    result: {
      chats: DirectChat[]
    }
  }
  /**
   * Get a private chat. Who the other one is, and whether you have blocked them.
   */
  getDirectChat: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: DirectChat
  }
  /**
   * Block a private chat, or take that back. While one of the two has blocked it, both are refused with 403 `blocked` when they write.
   */
  updateDirectChat: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      body: {
        blocked: boolean
      }
    }
    result: DirectChat
  }
  /**
   * Upload a file for a message. At most 25 MB, with a `Content-Length` (411 without one). Whoever may write here may upload; the file is the uploader’s until a message names it in `attachments`, and is deleted if none does within 24 hours. 501 `files_unavailable`: this server keeps no files.
   */
  uploadFile: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      filename?: string
      body: string | ReadableStream<Uint8Array>
    }
    result: File
  }
  /**
   * Read a file. For everybody who may read the message that names it. It is sandboxed, and of the type that its bytes have; takes `Range` and `If-None-Match`.
   */
  getFile: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * The id of the file.
       */
      file: string
    }
    result: Response
  }
  /**
   * Delete a file that no message names. The caller’s own. A file that a message names is deleted with the message.
   */
  deleteFile: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * The id of the file.
       */
      file: string
    }
    result: undefined
  }
  /**
   * Make an address at which a file can be read without a token. For an `<img>` of another program, and for agents. It lasts `expires_in` seconds, at most 600.
   */
  signFile: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * The id of the file.
       */
      file: string
      expires_in?: number
    }
    result: {
      url: string
      expires_at: string
    }
  }
  /**
   * Read a file at a signed address. The address itself permits it, until it expires: 403 then, 404 if the file is gone.
   */
  getSignedFile: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * The id of the file.
       */
      file: string
      expires: string
      signature: string
    }
    result: Response
  }
  /**
   * List the webhooks of a circle. Owners only.
   */
  listWebhooks: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: {
      webhooks: Webhook[]
    }
  }
  /**
   * Create a webhook. Owners only. Posts the circle’s events to a URL, in order. Only this response shows the secret.
   */
  createWebhook: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      body: {
        /**
         * An https URL of a public host.
         */
        url: string
        events?:
          | (
              | 'message'
              | 'agent_message'
              | 'message_edited'
              | 'message_deleted'
              | 'reaction'
              | 'agent_joined'
              | 'agent_left'
              | 'circle_status'
              | 'member_changed'
              | 'turn_failed'
              | 'approval_requested'
              | 'approval_decided'
              | 'file_created'
              | 'file_changed'
              | 'file_deleted'
              | 'git_status'
              | 'agent_activity'
              | 'webhook_failed'
              | 'document_edited'
            )[]
          | null
        secret?: string
      }
    }
    result: {
      id: string
      url: string
      events:
        | (
            | 'message'
            | 'agent_message'
            | 'message_edited'
            | 'message_deleted'
            | 'reaction'
            | 'agent_joined'
            | 'agent_left'
            | 'circle_status'
            | 'member_changed'
            | 'turn_failed'
            | 'approval_requested'
            | 'approval_decided'
            | 'file_created'
            | 'file_changed'
            | 'file_deleted'
            | 'git_status'
            | 'agent_activity'
            | 'webhook_failed'
            | 'document_edited'
          )[]
        | null
      active: boolean
      maker: string | null
      cursor: number
      pending: number
      failures: number
      failing_since: string | null
      next_try: string | null
      last_error: string | null
      secret: string
    }
  }
  /**
   * Change a webhook. Owners only. `active: true` resumes a webhook that was switched off.
   */
  updateWebhook: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * The id of the webhook.
       */
      id: string
      body: {
        /**
         * An https URL of a public host.
         */
        url?: string
        events?:
          | (
              | 'message'
              | 'agent_message'
              | 'message_edited'
              | 'message_deleted'
              | 'reaction'
              | 'agent_joined'
              | 'agent_left'
              | 'circle_status'
              | 'member_changed'
              | 'turn_failed'
              | 'approval_requested'
              | 'approval_decided'
              | 'file_created'
              | 'file_changed'
              | 'file_deleted'
              | 'git_status'
              | 'agent_activity'
              | 'webhook_failed'
              | 'document_edited'
            )[]
          | null
        active?: boolean
      }
    }
    result: Webhook
  }
  /**
   * Remove a webhook. Owners only.
   */
  deleteWebhook: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * The id of the webhook.
       */
      id: string
    }
    result: undefined
  }
  /**
   * Deliver one event again. Owners only. The event is queued behind the delivery in flight.
   */
  redeliverEvent: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      /**
       * The id of the webhook.
       */
      id: string
      body: {
        seq: number
      }
    }
    result: Webhook
  }
  /**
   * Get what a circle costs. Owners only. What it has used, and a month of the same: `dollars` at full price, `beyond_included` as if nothing else used the account.
   */
  getCircleCost: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: Cost
  }
  /**
   * Get what a workspace costs. Owners only. What it has used, and a month of the same: `dollars` at full price, `beyond_included` as if nothing else used the account.
   */
  getWorkspaceCost: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: Cost
  }
  /**
   * Get what an agent’s channel costs. Owners only. What it has used, and a month of the same: `dollars` at full price, `beyond_included` as if nothing else used the account.
   */
  getAgentCost: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: Cost
  }
  /**
   * Get what a document costs. Owners only. What it has used, and a month of the same: `dollars` at full price, `beyond_included` as if nothing else used the account.
   */
  getDocumentCost: {
    args: {
      /**
       * The name of the circle; upper case counts as lower case.
       */
      circle: string
      /**
       * The name of the document in its circle.
       */
      document: string
    }
    result: Cost
  }
  /**
   * Delete a workspace with its log. Owners only. Repeat the name in `confirm`. Sockets close with 4410; the next workspace of this name has another epoch.
   */
  deleteWorkspace: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      confirm: string
    }
    result: undefined
  }
  /**
   * Create a ticket for one socket. For browsers, which cannot send a token with an upgrade: single use, 30 seconds, one channel.
   */
  createTicket: {
    args: {
      body: {
        channel: string
      }
    }
    result: {
      ticket: string
      expires_in: number
    }
  }
  /**
   * List the agents. The agents that this deployment can call.
   */
  listAgents: {
    args: Record<never, never>
    result: {
      agents: {
        id: string
        name: string
        description: string
        observe?: boolean
      }[]
    }
  }
  /**
   * Create an agent. For owners of the deployment, and for the owners of the circle that the agent is in. Without `circle` it is in all circles. One with an `address` is called there; any other connects, with the key that only this response shows.
   */
  createAgent: {
    args: {
      body: {
        id: string
        name?: string
        description?: string
        circle?: string
        observe?: boolean
        address?:
          | {
              protocol: 'openai'
              /**
               * An https URL of a public host.
               */
              url: string
              model: string
              /**
               * Sent as a bearer token; never shown.
               */
              api_key?: string
            }
          | {
              protocol: 'ai-sdk'
              /**
               * An https URL of a public host.
               */
              url: string
              /**
               * Sent as a bearer token; never shown.
               */
              api_key?: string
            }
      }
    }
    result:
      | {
          id: string
          name: string
          description: string
          observe: boolean
          circle: string | null
          key: string
        }
      | {
          id: string
          name: string
          description: string
          observe: boolean
          circle: string | null
          address: {
            protocol: 'openai' | 'ai-sdk'
            url: string
            model?: string
          }
        }
  }
  /**
   * Get the description of an agent. Its name, and what it does.
   */
  getAgent: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: {
      id: string
      name: string
      description: string
      observe?: boolean
    }
  }
  /**
   * Remove an agent that connects. For owners of the deployment, and for the owners of the circle that the agent is in. Its socket closes with 4410, and turns that wait for it fail.
   */
  deleteAgent: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: undefined
  }
  /**
   * Give an agent another key. For owners of the deployment, and for the owners of the circle that the agent is in. The old key is void, and a socket that it opened closes with 4001. An agent with an address has none then.
   */
  replaceAgentKey: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
    }
    result: {
      id: string
      name: string
      description: string
      observe: boolean
      circle: string | null
      key: string
    }
  }
  /**
   * Give an agent an address. For owners of the deployment, and for the owners of the circle that the agent is in. It is called there from now on. A key of its own is void, and its socket closes with 4001.
   */
  replaceAgentAddress: {
    args: {
      /**
       * The name of the channel, or of the agent; upper case counts as lower case. A private chat has the name that `/api/direct` gives.
       */
      name: string
      body:
        | {
            protocol: 'openai'
            /**
             * An https URL of a public host.
             */
            url: string
            model: string
            /**
             * Sent as a bearer token; never shown.
             */
            api_key?: string
          }
        | {
            protocol: 'ai-sdk'
            /**
             * An https URL of a public host.
             */
            url: string
            /**
             * Sent as a bearer token; never shown.
             */
            api_key?: string
          }
    }
    result: {
      id: string
      name: string
      description: string
      observe: boolean
      circle: string | null
      address: {
        protocol: 'openai' | 'ai-sdk'
        url: string
        model?: string
      }
    }
  }
  /**
   * Check that the Worker runs. Calls no object.
   */
  getHealth: {
    args: Record<never, never>
    result: {
      ok: true
      version: string
    }
  }
  /**
   * Check that the deployment is ready. The settings are complete and the circle directory responds.
   */
  getReadiness: {
    args: Record<never, never>
    result: {
      ok: true
    }
  }
  /**
   * Get the statistics of the deployment. Owners of the deployment only, such as {"*":"owner"}. `/ws/stats` sends the same as it changes.
   */
  getStats: {
    args: Record<never, never>
    result: Stats
  }
  /**
   * Get the statistics for Prometheus. The bearer token is the setting METRICS_TOKEN.
   */
  getMetrics: {
    args: Record<never, never>
    result: Response
  }
}
/**
 * The shape of `Circle`.
 *
 */
export interface Circle {
  name: string
  title: string
  status: 'active' | 'paused' | 'archived'
  visibility: 'public' | 'private'
  default_agent: string | null
  region?: 'wnam' | 'enam' | 'sam' | 'weur' | 'eeur' | 'apac' | 'apac-ne' | 'apac-se' | 'oc' | 'afr' | 'me'
  channel: string
  writers?: 'members' | 'moderators'
  rules: {
    match: string
    agent: string
  }[]
  bots?: string[]
  retention: {
    events?: number
    days?: number
    bytes?: number
  }
  epoch: string
  head: number
  earliest: number
  online: number
}
/**
 * The ack of a command; `seq` is that of the event that it logged.
 *
 */
export interface CommandResult {
  id: string
  seq?: number
  duplicate?: boolean
}
/**
 * What a page needs for notifications.
 *
 */
export interface NotificationSettings {
  public_key: string
  levels: {
    channel: string
    level: 'all' | 'mentions' | 'none'
  }[]
}
/**
 * The shape of `EventPage`.
 *
 */
export interface EventPage {
  events: LoggedEvent[]
  more: boolean
  head: number
  epoch: string
}
/**
 * The frame of the event `message`.
 *
 */
export interface EventMessage {
  type: 'message'
  data: {
    content: string
    user_id: string
    user_name: string
    client_id: string | null
    reply_to?: number
    to?: string
    meta?: {
      [k: string]: unknown
    }
    attachments?: {
      id: string
      name: string
      media_type: string
      bytes: number
      sha256: string
      width?: number
      height?: number
      missing?: true
    }[]
    hop: number
    bot?: true
    deleted?: true
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `agent_message`.
 *
 */
export interface EventAgentMessage {
  type: 'agent_message'
  data: {
    content: string
    agent_id: string
    agent_name: string
    turn: string
    in_reply_to?: number
    session_id: string
    usage?: {
      input_tokens: number
      output_tokens: number
    }
    stopped?: true
    truncated?: true
    hop: number
    deleted?: true
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `message_edited`.
 *
 */
export interface EventMessageEdited {
  type: 'message_edited'
  data: {
    target: number
    content: string
    user_id: string
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `message_deleted`.
 *
 */
export interface EventMessageDeleted {
  type: 'message_deleted'
  data: {
    target: number
    user_id: string
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `reaction`.
 *
 */
export interface EventReaction {
  type: 'reaction'
  data: {
    target: number
    emoji: string
    user_id: string
    removed: boolean
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `agent_joined`.
 *
 */
export interface EventAgentJoined {
  type: 'agent_joined'
  data: {
    agent_id: string
    agent_name: string
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `agent_left`.
 *
 */
export interface EventAgentLeft {
  type: 'agent_left'
  data: {
    agent_id: string
    agent_name: string
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `circle_status`.
 *
 */
export interface EventCircleStatus {
  type: 'circle_status'
  data: {
    status: 'active' | 'paused' | 'archived'
    title: string
    default_agent: string | null
    writers?: 'members' | 'moderators'
    visibility?: 'public' | 'private'
    user_id: string
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `member_changed`.
 *
 */
export interface EventMemberChanged {
  type: 'member_changed'
  data: {
    user_id: string
    role: ('reader' | 'member' | 'moderator' | 'owner') | null
    muted: boolean
    banned: boolean
    by: string
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `turn_failed`.
 *
 */
export interface EventTurnFailed {
  type: 'turn_failed'
  data: {
    turn: string
    agent_id: string
    in_reply_to: number
    code: string
    message: string
    attempts: number
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `approval_requested`.
 *
 */
export interface EventApprovalRequested {
  type: 'approval_requested'
  data: {
    approval: string
    turn: string
    agent_id: string
    description: string
    key?: string
    data?: unknown
    role: 'reader' | 'member' | 'moderator' | 'owner'
    users?: string[]
    except?: string
    expires_at: string
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `approval_decided`.
 *
 */
export interface EventApprovalDecided {
  type: 'approval_decided'
  data: {
    approval: string
    turn: string
    decision: 'approved' | 'rejected' | 'expired'
    user_id: string | null
    user_name?: string
    note?: string
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `file_created`.
 *
 */
export interface EventFileCreated {
  type: 'file_created'
  data: {
    path: string
    size?: number
    sha256?: string
    mtime?: string
    by?: string
    diff?: string
    deleted?: true
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `file_changed`.
 *
 */
export interface EventFileChanged {
  type: 'file_changed'
  data: {
    path: string
    size?: number
    sha256?: string
    mtime?: string
    by?: string
    diff?: string
    deleted?: true
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `file_deleted`.
 *
 */
export interface EventFileDeleted {
  type: 'file_deleted'
  data: {
    path: string
    size?: number
    sha256?: string
    mtime?: string
    by?: string
    diff?: string
    deleted?: true
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `git_status`.
 *
 */
export interface EventGitStatus {
  type: 'git_status'
  data: {
    branch: string | null
    head: string | null
    upstream?: string
    ahead: number
    behind: number
    staged: string[]
    changed: string[]
    untracked: string[]
    conflicted: string[]
    more?: number
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `agent_activity`.
 *
 */
export interface EventAgentActivity {
  type: 'agent_activity'
  data: {
    activity: 'started' | 'status' | 'finished' | 'failed'
    turn: string
    channel: string
    detail?: string
    duration_ms?: number
    usage?: {
      input_tokens: number
      output_tokens: number
    }
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `webhook_failed`.
 *
 */
export interface EventWebhookFailed {
  type: 'webhook_failed'
  data: {
    webhook: string
    host: string
    reason: string
    failures: number
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The frame of the event `document_edited`.
 *
 */
export interface EventDocumentEdited {
  type: 'document_edited'
  data: {
    documents: {
      name: string
      by: {
        id: string
        name: string
      }[]
    }[]
  }
  timestamp: string
  channel: string
  seq: number
  id: string
  origin?: {
    imported_by: string
  }
}
/**
 * The shape of `DocumentContent`.
 *
 */
export interface DocumentContent {
  root: string
  type: 'text' | 'prose' | 'array' | 'map'
  text?: string
  json?: unknown
  bytes: number
}
/**
 * The shape of `AnchoredEdit`.
 *
 */
export interface AnchoredEdit {
  old: string
  new: string
}
/**
 * The shape of `Suggestion`.
 *
 */
export interface Suggestion {
  id: number
  created_at: string
  author: {
    id: string
    name: string
  }
  root: string
  edits: AnchoredEdit[]
}
/**
 * The shape of `DocumentVersion`.
 *
 */
export interface DocumentVersion {
  id: number
  created_at: string
  name: string | null
  author: string | null
  bytes: number
}
/**
 * A private chat with a person, or with an agent.
 *
 */
export interface DirectChat {
  channel: string
  user: {
    id: string
    name: string
  }
  blocked: boolean
}
/**
 * A file, as messages show it.
 *
 */
export interface File {
  id: string
  name: string
  media_type: string
  bytes: number
  sha256: string
  width?: number
  height?: number
}
/**
 * The shape of `Webhook`.
 *
 */
export interface Webhook {
  id: string
  url: string
  events:
    | (
        | 'message'
        | 'agent_message'
        | 'message_edited'
        | 'message_deleted'
        | 'reaction'
        | 'agent_joined'
        | 'agent_left'
        | 'circle_status'
        | 'member_changed'
        | 'turn_failed'
        | 'approval_requested'
        | 'approval_decided'
        | 'file_created'
        | 'file_changed'
        | 'file_deleted'
        | 'git_status'
        | 'agent_activity'
        | 'webhook_failed'
        | 'document_edited'
      )[]
    | null
  active: boolean
  maker: string | null
  cursor: number
  pending: number
  failures: number
  failing_since: string | null
  next_try: string | null
  last_error: string | null
}
/**
 * The shape of `Cost`.
 *
 */
export interface Cost {
  channel: string
  now: string
  since: string
  counted: {
    messages: number
    calls: number
    alarms: number
    wakes: number
    active_ms: number
    rows_read: number
    rows_written: number
    alarm_sets: number
  }
  month: {
    since: string
    counted: {
      messages: number
      calls: number
      alarms: number
      wakes: number
      active_ms: number
      rows_read: number
      rows_written: number
      alarm_sets: number
    }
  }
  storage_bytes: number
  file_bytes?: number
  extrapolated: {
    from: 'month' | 'all'
    seconds: number
    counted: {
      messages: number
      calls: number
      alarms: number
      wakes: number
      active_ms: number
      rows_read: number
      rows_written: number
      alarm_sets: number
    }
    bill: {
      requests: {
        quantity: number
        dollars: number
        beyond_included: number
      }
      duration: {
        quantity: number
        dollars: number
        beyond_included: number
      }
      rows_read: {
        quantity: number
        dollars: number
        beyond_included: number
      }
      rows_written: {
        quantity: number
        dollars: number
        beyond_included: number
      }
      storage: {
        quantity: number
        dollars: number
        beyond_included: number
      }
      files?: {
        quantity: number
        dollars: number
        beyond_included: number
      }
      total: number
      beyond_included: number
    }
  } | null
  wakeful: {
    cause: 'timer' | 'agent' | 'errand' | 'undrained' | 'pings' | 'reconnects' | 'unknown'
    detail: string
    seen_at: string
    dollars_a_month: number
  }[]
  prices_as_of: string
}
/**
 * The shape of `Stats`.
 *
 */
export interface Stats {
  at: string
  since: string
  channels: number
  sessions: number
  turns_running: number
  turns_waiting: number
  counts: {
    connections: number
    closes: {
      [k: string]: number
    }
    resumes: number
    messages: number
    frames_in: number
    frames_out: number
    refusals: {
      [k: string]: number
    }
    turns: {
      [k: string]: number
    }
    faults: number
  }
  billed: {
    messages: number
    calls: number
    alarms: number
    wakes: number
    active_ms: number
    rows_read: number
    rows_written: number
    alarm_sets: number
  }
  top: {
    channel: string
    sessions: number
    turns_running: number
    turns_waiting: number
    counts: {
      connections: number
      closes: {
        [k: string]: number
      }
      resumes: number
      messages: number
      frames_in: number
      frames_out: number
      refusals: {
        [k: string]: number
      }
      turns: {
        [k: string]: number
      }
      faults: number
    }
    billed: {
      messages: number
      calls: number
      alarms: number
      wakes: number
      active_ms: number
      rows_read: number
      rows_written: number
      alarm_sets: number
    }
    relays?: {
      name: string
      sessions: number
      cut_since: string | null
      behind: number
    }[]
    active_at: string
  }[]
}
/**
 * Why a request was refused: a code for programs, a message for people.
 *
 */
export interface ErrorBody {
  error: {
    code: string
    message: string
  }
}

/** The method and the path of each operation. */
export const routes: Record<keyof Operations, string> = {
  listCircles: 'GET /api/circles',
  createCircle: 'POST /api/circles',
  getCircle: 'GET /api/circles/{name}',
  updateCircle: 'PATCH /api/circles/{name}',
  deleteCircle: 'DELETE /api/circles/{name}',
  searchCircle: 'GET /api/circles/{name}/search',
  sendMessage: 'POST /api/circles/{name}/messages',
  exportCircle: 'GET /api/circles/{name}/export',
  importCircle: 'POST /api/circles/{name}/import',
  sendChannelMessage: 'POST /api/channels/{kind}/{name}/commands/message',
  editMessage: 'POST /api/channels/{kind}/{name}/commands/edit',
  deleteMessage: 'POST /api/channels/{kind}/{name}/commands/delete',
  react: 'POST /api/channels/{kind}/{name}/commands/react',
  markRead: 'POST /api/channels/{kind}/{name}/commands/read',
  setPresence: 'POST /api/channels/{kind}/{name}/commands/presence',
  sendSignal: 'POST /api/channels/{kind}/{name}/commands/signal',
  stopTurn: 'POST /api/channels/{kind}/{name}/commands/stop',
  configureChannel: 'POST /api/channels/{kind}/{name}/commands/configure',
  approve: 'POST /api/channels/{kind}/{name}/commands/approve',
  reject: 'POST /api/channels/{kind}/{name}/commands/reject',
  listMembers: 'GET /api/circles/{name}/members',
  updateMember: 'PATCH /api/circles/{name}/members/{user}',
  removeMember: 'DELETE /api/circles/{name}/members/{user}',
  createInvitation: 'POST /api/circles/{name}/invitations',
  listInvitations: 'GET /api/circles/{name}/invitations',
  revokeInvitations: 'DELETE /api/circles/{name}/invitations',
  revokeInvitation: 'DELETE /api/circles/{name}/invitations/{invitation}',
  joinCircle: 'POST /api/circles/{name}/join',
  revokeUserTokens: 'POST /api/users/{user}/revoke',
  redeemOwnerLink: 'POST /api/owner',
  getUnread: 'GET /api/me/unread',
  listInbox: 'GET /api/me/inbox',
  markInboxRead: 'POST /api/me/read',
  getNotificationSettings: 'GET /api/me/notifications',
  setNotificationLevel: 'PATCH /api/me/notifications',
  addDevice: 'POST /api/me/devices',
  removeDevice: 'DELETE /api/me/devices/{device}',
  listCircleEvents: 'GET /api/circles/{name}/events',
  listWorkspaceEvents: 'GET /api/workspaces/{name}/events',
  listAgentEvents: 'GET /api/agents/{name}/events',
  streamEvents: 'GET /api/channels/{kind}/{name}/stream',
  publishEvents: 'POST /api/events',
  listDocuments: 'GET /api/documents/{circle}',
  getDocument: 'GET /api/documents/{circle}/{document}',
  editDocument: 'PATCH /api/documents/{circle}/{document}',
  deleteDocument: 'DELETE /api/documents/{circle}/{document}',
  undoDocumentEdit: 'POST /api/documents/{circle}/{document}/edits/{number}/undo',
  listSuggestions: 'GET /api/documents/{circle}/{document}/suggestions',
  decideSuggestion: 'POST /api/documents/{circle}/{document}/suggestions/{number}',
  listDocumentVersions: 'GET /api/documents/{circle}/{document}/versions',
  createDocumentVersion: 'POST /api/documents/{circle}/{document}/versions',
  compareDocumentVersion: 'GET /api/documents/{circle}/{document}/versions/{number}',
  restoreDocumentVersion: 'POST /api/documents/{circle}/{document}/versions/{number}/restore',
  exportDocument: 'GET /api/documents/{circle}/{document}/export',
  importDocument: 'POST /api/documents/{circle}/{document}/import',
  beginDirectChat: 'POST /api/direct',
  listDirectChats: 'GET /api/direct',
  getDirectChat: 'GET /api/direct/{name}',
  updateDirectChat: 'PATCH /api/direct/{name}',
  uploadFile: 'POST /api/circles/{name}/files',
  getFile: 'GET /api/circles/{name}/files/{file}',
  deleteFile: 'DELETE /api/circles/{name}/files/{file}',
  signFile: 'POST /api/circles/{name}/files/{file}/signed-url',
  getSignedFile: 'GET /api/signed-files/{name}/{file}',
  listWebhooks: 'GET /api/circles/{name}/webhooks',
  createWebhook: 'POST /api/circles/{name}/webhooks',
  updateWebhook: 'PATCH /api/circles/{name}/webhooks/{id}',
  deleteWebhook: 'DELETE /api/circles/{name}/webhooks/{id}',
  redeliverEvent: 'POST /api/circles/{name}/webhooks/{id}/redeliver',
  getCircleCost: 'GET /api/circles/{name}/cost',
  getWorkspaceCost: 'GET /api/workspaces/{name}/cost',
  getAgentCost: 'GET /api/agents/{name}/cost',
  getDocumentCost: 'GET /api/documents/{circle}/{document}/cost',
  deleteWorkspace: 'DELETE /api/workspaces/{name}',
  createTicket: 'POST /api/tickets',
  listAgents: 'GET /api/agents',
  createAgent: 'POST /api/agents',
  getAgent: 'GET /api/agents/{name}',
  deleteAgent: 'DELETE /api/agents/{name}',
  replaceAgentKey: 'POST /api/agents/{name}/key',
  replaceAgentAddress: 'POST /api/agents/{name}/address',
  getHealth: 'GET /healthz',
  getReadiness: 'GET /readyz',
  getStats: 'GET /api/stats',
  getMetrics: 'GET /metrics',
}

/** The headers that are arguments, by the name of the argument. */
export const headers: Record<string, string> = { idempotencyKey: 'idempotency-key', lastEventId: 'last-event-id' }
