/** A name that has a replacement, and where it may not be declared. */
export type RetiredName = {
  name: string
  use: string // the standard term
  area: string // a folder of src and its tests, `bench`, `scripts`, or `` for everywhere
  kind: 'declared' | 'exported' | 'file' // `exported`: as a local name it is ordinary English
}

/** Reads lines `area: old=new old=new`. */
function names(kind: RetiredName['kind'], text: string): RetiredName[] {
  return text
    .trim()
    .split('\n')
    .flatMap(line => {
      const [area = '', pairs = ''] = line.split(/: */)
      return pairs.split(' ').map(pair => {
        const [name = '', use = ''] = pair.split('=')
        return { name, use, area: area.trim() === 'everywhere' ? '' : area.trim(), kind }
      })
    })
}

// Names on the wire and published names are not listed; those of 0.1 are declared in compat files.
const declared = `
everywhere: told=sent heard=received hear=receive hears=canReceive said=sent owed=pending stirred=changed visitor=caller knock=connect errand=backgroundTask errands=backgroundTasks courier=dispatcher enlister=directoryClient turnstile=connectThrottle intake=frameBuffer witness=metrics furnish=createRoomContext teller=publisher sieve=sampler
everywhere: Told=Sent Heard=Received Said=SentMessage Spoken=StoredMessage Standing=Status Visit=CallerContext Given=Options Around=Context Parts=RoomContext Witness=ChannelMetrics Errands=BackgroundTasks Courier=WebhookDispatcher Enlister=DirectoryClient Turnstile=ConnectThrottle Intake=FrameBuffer Shown=Displayed Owed=PendingRevocation Stirred=Debouncer Teller=Publisher Sieve=RateSampler Letter=QueueMessage Barred=RefusedEvent
everywhere: sessionIdOf=memoryIdOf shownPasses=tokenCache alarmClock=alarmScheduler lookAround=checkWakefulness oncePer=memoizePer areGood=isValid noteEdit=recordEdit takeSlow=drainSlow wantsNote=wantsPersist nextTelling=nextTick isCrowd=isLarge letGo=dropSlow reborn=recover
agents: Answer=AnswerBuffer Spent=UsageEntry Objection=BudgetViolation Directory=AgentRegistry Live=StreamingTurn Turns=TurnQueue Note=Reminder Question=TurnDraft Progress=TurnProgress Sink=TurnSink Outcome=TurnOutcome Ended=TurnAborted Die=DiceRoller Timed=ParsedTime deltaPause=deltaInterval readParts=readTurnParts objectionTo=validateRules whoAnswers=routeMessage openWire=openTurnWriter builtInAnswer=builtInReply timeAhead=parseFutureTime timeBehind=parsePastTime
auth: Denied=AuthError DenialCode=AuthErrorCode KeySet=JwksCache KeysUnavailable=JwksUnavailable Place=Resource ChannelPlace=ChannelResource admit=authorize admitToken=authorizeToken identify=authenticate isDenied=isAuthError keySetOf=jwksCacheOf privateCircle=directChannelName statsPlace=statsResource parsePlace=parseResource redeem=consumeTicket mayCome=isOriginAllowed
cli: Problem=CliError Server=ApiTarget Folder=WorkspaceFolder Memory=WatchState TellerOptions=ChangePublisherOptions Ignored=IgnoreRules problemOf=cliErrorOf inPool=mapConcurrent showEvent=formatEvent harmless=stripControlChars firstLook=takeBaseline allPaths=listPaths folderAt=openFolder keepTelling=runWatchLoop
client: Backlog=HistoryLoader BacklogOptions=HistoryLoaderOptions Courtesy=EphemeralSender Handlers=Emitter Hold=RefCount Lines=MessageSender LinesOptions=MessageSenderOptions Link=Transport SocketLink=WebSocketTransport LinkOwner=TransportListener SocketLinkOptions=WebSocketTransportOptions SharedLink=SharedTransport SharedLinkOptions=SharedTransportOptions SharedLinkOwner=SharedTransportListener Pace=TokenBucket World=ClientPlatform Shelf=KeyValueStorage Tabs=TabChannel Receipts=FlowControl Requests=PendingCommands Answer=CommandReply Want=MissingHistory ProblemCode=CirclesErrorCode worldOf=defaultPlatform memoryShelf=memoryStorage
queue: BusChannel=PublishingChannel Reached=ChannelPublisher DeadLetterMessage=QueueMessage reachedAs=publisherAs tell=publishEvents bury=deadLetter
http: Http=HttpEnv Called=ChannelCall Channel=ChannelStub Door=SocketRoute Owner=DeploymentOwner Served=AdminCall callAt=callChannelObject askChannel=openChannel nothingThere=channelNotFound channelAt=channelStub doorAt=matchSocketRoute passGate=guardRequest callerOf=authenticateRequest credentialsIn=readCredentials tellFault=logFault mayKnock=allowConnect ownerOf=requireOwner serveCircle=callAdmin serveIn=callAdminIn complaint=describeIssue
lib: Log=Logger Out=LogOutput Batch=RequestBatcher openLog=createLogger logFaultRecord=faultRecord objectionToUrl=validatePublicUrl
deployment: Passes=TokenStore Pass=TokenRecord PassesStub=TokenRegistryStub PassesObject=TokenRegistry Register=DirectoryStore RegisterObject=CircleDirectory RegisterStub=DirectoryStub Listing=DirectoryEntry Listed=IndexedCircle Stats=StatsStore StatsObject=Statistics Report=ChannelReport Watcher=SocketCaller Watchers=DeploymentSockets StatsSubscriber=SocketCaller StatsSubscribers=DeploymentSockets showToken=refuseRevokedToken isTokenRevoked=refuseRevokedToken desk=batchedTokenClient passesOf=registryFor channelOf=stubFor noCounts=zeroChannelCounts sumOf=sumChannelCounts watcher=caller exposition=prometheusText pass=token passes=tokens listing=entry register=directory
protocol: Surroundings=EncodeContext Down=ServerFrame Line=TurnMessage billOf=computeBill dollarsOf=dollarsFor plus=addCounts minus=subtractCounts scaled=scaleCounts dollarText=formatDollars destinationOf=targetOf knowText=cacheJson dataText=jsonOf momentData=ephemeralData momentFrame=ephemeralFrame silentCommands=commandsWithoutId agentLine=agentText saysSomething=hasVisibleText
rooms: Admission=FrameCheck AlarmClock=AlarmScheduler Lend=WithRoom Answers=TurnManager Asking=TurnAdmission AnswerMarks=ReplyMarks Calls=AgentCalls Channel=ChannelKindDefinition Deadlines=SessionTimeouts Wire=SocketProbe Digests=DigestQueue VisitRefusal=ConnectRefusal Host=RoomHost Identification=TokenCheckResult Verdict=FrameVerdict Arrival=InboundFrame Lines=MessageView ListingState=DirectoryEntryState Log=EventLog Members=MemberRoles Managed=MembersResult Awake=AwakeTime Books=LedgerPersistence LedgerRow=LedgerStore WatchNote=WakeStats Sight=WakeContext Watch=WakeDetector Notes=EphemeralSnapshot Moment=EphemeralState Mail=Delivery Outbox=Broadcaster Pace=RateLimiter PresenceNotes=PresenceSnapshot TypingNotes=TypingSnapshot Recent=RecentEvents Reporter=StatsReporter Answer=CommandResult RoomObject=ChannelObjectBase Service=AdminRequest ServiceName=AdminRequestName ServiceOf=AdminRequestOf Served=AdminResult ShownPasses=TokenCache Hook=WebhookState HookRow=WebhookRow Tally=MetricsSnapshot
rooms: appendAnswer=appendReply appendAsk=appendApprovalRequest windowOf=contextWindow arraysOf=packFrames firstAgent=defaultAgent writingRefusal=refuseWriting readContent=cleanContent introductionMs=firstTokenMs carryDigest=sendDigest digestLine=formatDigest visitRefusal=refuseConnect crowdOf=tooManySessions barredFrom=banReason reseat=reapplyRoles bearers=sessionsWithToken identityIn=verifyToken noStanding=noOverride newWatchNote=newWakeStats isRecoverable=canResume answerIn=replyIn tendWebhooks=manageWebhooks notDone=refusedResult exportLines=exportPage trimDue=nextTrim trimSome=trimBatch visitHeader=callerHeader writeVisit=writeCaller readVisit=readCaller readHook=readWebhook visit=caller moment=ephemeral rang=fired born=createRoom
web: Brought=UrlSecrets LineTools=MessageActions LineEditor=MessageEditor RowView=RowContent NamesakesOf=DistinctNames Highlighted=Highlight Who=Identity WhoContext=IdentityContext CostLine=CostSummary GitPanel=GitStatus LiveTurn=StreamingTurn Announcer=LiveRegion LineRow=MessageRow takeBrought=takeSecretsFromHash eventWords=eventText lookOf=skeletonOf lookAlikes=confusableNames plainId=displayId recallWho=loadIdentity keepWho=saveIdentity forgetWho=clearIdentity useWho=useIdentity writeRules=formatRules readRules=parseRules askPolicy=fetchPolicy
bench: Ear=Receiver Crowd=ClientGroup Talk=Workload Tally=DeliveryStats Contestant=Subject ear=receiver crowd=clientGroup contestant=subject contestants=subjects tally=deliveryStats`

const exported = `
agents: describe=describeAgent tries=maxAttempts failures=failedAttempts shown=formatTime ahead=formatDuration quiet=escapeMentions quoted=quoteLine
auth: missing=missingCredentials idOf=userIdOf denied=authError verify=verifyJwt
cli: follow=followLog pages=readLog ask=apiGet post=apiPost publish=publishEvents recall=loadState remember=saveState
http: enter=authorizeRequest call=runCommand refused=refusalResponse bus=publishRoutes costOf=costRoutes documents=apiDocs journal=accessLog networkOf=networkOfAddress watch=statsSocket credentialsOf=socketCredentials body=validatedBody query=validatedQuery count=countParam linesOf=splitLines
lib: Entry=LogRecord TurnOutcome=TurnResult describe=formatError earliest=minDefined fault=faultRecord
deployment: addCounts=addChannelCounts
protocol: nothing=zeroCounts refused=decodeRefusal line=turnMessage
rooms: Entry=NewEvent Pending=PendingWork Values=AdminResults Done=AdminOutcome admit=takeFromSession circleAccess=agentApi activity=activityEffect lineOf=turnMessageOf budgetOf=usageHistory status=statusFrame delta=deltaFrame edit=editMessage remove=deleteMessage react=reactToMessage decide=decideApproval typing=setTyping presence=setPresence signal=sendSignal history=readHistory read=markRead recv=confirmReceived repeated=findDuplicate acknowledge=ack say=sendMessage stop=stopTurn isOver=expiryReason hearDigest=receiveDigest seat=applyRole introduce=acceptFirstToken renew=reauthenticate inspect=checkFrame tooFast=rateLimited unnamed=defaultEventId manage=manageMembers entered=addToLedger missed=missedCounts reading=costSummary report=sendActivity failure=commandFailure find=searchMessages describe=describeCircle create=createCircle serve=handleAdmin done=ok revoked=tokenRevoked welcome=buildWelcome
web: Circle=ChannelPage Shell=Layout Line=Message Name=DistinctName Keys=ShortcutHelp View=PageState Link=NavLink byToken=identityByToken linesIn=messageCount gained=increase`

const files = `
everywhere: a-room=test-room a-circle=fixtures a-page=fixtures a-folder=fixtures leash=kill-on-exit dice=random chance=random
agents: answer=answer-buffer directory=agent-registry live=streaming-turn parts=ndjson-reader rules=routing-rules turns=turn-queue runner=run-turn pickle-brain=pickle-builtin clock-face=format-time quote=quoting times=parse-time
auth: admit=authorize identify=authenticate denied=auth-error key-set=jwks place=resource redeem=ticket verify=verify-jwt
cli: server=api-client follow=tail-log pool=concurrency show-event=format-event doctor-cost=doctor bus=publish-events folder=workspace-folder keep-telling=watch-loop memory=watch-state stirred=debouncer teller=change-publisher ignored=ignore-rules transfer=export-import
client: address=credentials backlog=history-loader courtesy=ephemeral-sender handlers=emitter hold=ref-count lines=message-sender link=websocket-transport tabs=shared-transport pace=token-bucket ports=platform receipts=flow-control requests=pending-commands
queue: consumer=queue-consumer reach=channel-publisher tell=publish-events
http: api=call-channel given=validate numbers=validate bus=publish costs=cost documents=api-docs doors=socket-routes entrance=request-guard journal=access-log knocks=connect-rate-limit lines=split-lines owner=require-owner serve=admin-call transfer=export-import watch=stats-socket meters=operation upkeep=operation
lib: describe=util earliest=util once-per=util log=logger sieve=log-sampler batch=request-batcher lines=split-lines
deployment: passes=token-store passes-object=object show=clients register=directory-store register-object=object stats-object=object watcher=caller watchers=subscribers exposition=prometheus report=stats
protocol: bill=compute tally=counts dollars=format bus=bus-events event-text=event-json-cache membership=member-schema publications=publish-schema
rooms/admin: hooks=webhooks
rooms: room-object=channel-object-base host=room-host furnish=context parts=context visit=caller-context errands=background-tasks calls=agent-calls intake=frame-buffer turnstile=connect-throttle outbox=broadcaster arrays=pack-frames alarm-clock=alarm-scheduler witness=metrics reporter=stats-reporter report=agent-activity enlister=directory-client listing=directory-entry deadlines=timeouts door=access identity=authenticate identity-in=verify-token shown-passes=token-cache inspection=check-frame admission=frame-check pace=rate-limit moment=ephemeral-state lines=messages recent=recent-cache trim=retention amend=edit-message gather=ephemeral govern=configure listen=history decide=approval may=permissions once=idempotency say=send-message stop=stop-turn membership=manage-members answers=turn-manager around=turn-context asking=turn-admission telling=turn-events spending=usage-history window=context-window life=lifecycle find=search carry=send hear=receive courier=dispatcher post=http-post hook=webhook books=persist ledger-row=ledger-store reading=summary watch=wake-detector awake=awake-time
web: brought=url-secrets circle=channel-page shell=layout standing=connection-banner said=message-body line=message line-tools=message-actions line-editor=message-editor row-view=row event-words=event-text look-alike=confusable-names namesakes=distinct-name keys=shortcut-help pasted=paste-file highlighted=highlight who=identity who-context=identity-context view=page-state time=format-time recent=recent-circles rules=routing-rules-text cost-line=cost-summary git-panel=git-status live-turn=streaming-turn announcer=live-region link=nav-link overhear=record-requests
bench: ear=receiver crowd=client-group member=raw-client talk=workload tally=delivery-stats job=worker-job meter=process-usage marker=payload until=wait-until measure=measurement dialect=client-protocol contestant=subject contestants=subjects bare=minimal lines=message-store place=parse-room-url stall=slow-consumer stampede=connect-storm scale=profiles long-log=seed-log welcome=read-welcome outcome=results
conformance: asked=probe lab=harness row=case
scripts: house=toolchain forward=reverse-proxy`

/** Keys that are stored since 0.1, by file: changing one needs a migration. */
export const storedNames = new Map([
  ['src/rooms/metering/wake-detector.ts', ['told']], // in the ledger, on sockets and in a row
  ['src/rooms/sessions/typing.ts', ['told']], // in the attachments of sockets
])

/** The names that were replaced by the field's standard terms (docs/glossary.md). */
export const retiredNames: RetiredName[] = [
  ...names('declared', declared),
  ...names('exported', exported),
  ...names('file', files),
]
