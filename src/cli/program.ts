import { Command, InvalidArgumentError, Option } from 'commander'
import type { ProtocolTables } from '../protocol/tables.ts'
import type { ApiTarget } from './api-client.ts'
import type { CommandContext } from './command-context.ts'
import { connectProgram } from './commands/connect.ts'
import { deploy } from './commands/deploy.ts'
import { runDoctor } from './commands/doctor.ts'
import {
  catDocument,
  decideSuggestion,
  editDocument,
  listSuggestions,
  listVersions,
  undoEdit,
} from './commands/document.ts'
import { exportLog, importLog } from './commands/export-import.ts'
import { send } from './commands/send.ts'
import { tail } from './commands/tail.ts'
import { mintToken } from './commands/token.ts'
import { watchFolder } from './commands/watch.ts'
import type { Terminal } from './terminal.ts'

const examples = (...lines: string[]) => `\nExamples:\n${lines.map(line => `  $ ${line}`).join('\n')}`

const afterHelp = `
Server and identity:
  Set the server with --url or CIRCLES_URL. Put your token into CIRCLES_TOKEN, where
  other users of this machine cannot see it. Without a token you are a guest (--name).

Exit codes:
  0 done · 1 a bug · 2 invalid arguments · 3 server unreachable · 4 not authenticated
  5 forbidden · 6 not found · 7 refused · 130 interrupted
${examples('circles-rooms doctor', 'circles-rooms tail lobby', 'circles-rooms send lobby "Hello, @pickle"', 'circles-rooms watch . --workspace acme')}`

/** What a command line runs with. */
export type CliOptions = { terminal: Terminal; signal: AbortSignal; version: string; tables: ProtocolTables }

/** The command line: every command with its options. */
export function createProgram({ terminal, signal, version, tables }: CliOptions): Command {
  const program = new Command('circles-rooms')
    .description('Rooms for people and agents, from a terminal.')
    .addOption(new Option('--url <url>', 'the server').env('CIRCLES_URL').default('http://127.0.0.1:8000'))
    .addOption(new Option('--token <jwt>', 'your token').env('CIRCLES_TOKEN'))
    .addOption(new Option('--name <name>', 'your name as a guest, where guests are admitted').env('CIRCLES_NAME'))
    .addHelpText('after', afterHelp)
    .version(version, '-V, --version', 'print the version')
    .showHelpAfterError('(run circles-rooms --help for all commands)')
    .exitOverride()
    .configureOutput({
      writeOut: text => terminal.page(text.trimEnd(), 'out'),
      writeErr: text => terminal.page(text.trimEnd(), 'err'),
    })
  const context = () => ({ server: targetOf(program.opts()), terminal, signal, tables })

  addWatch(program, context)
  addTail(program, context)
  addSend(program, context)
  addConnect(program, context)
  addToken(program, terminal)
  addExportImport(program, context)
  addDocument(program, context)
  addDoctor(program, context)
  addDeploy(program, terminal)
  return program
}

/** An empty token, as of an empty variable, is none. */
function targetOf({ token, ...target }: ApiTarget): ApiTarget {
  return token ? { ...target, token } : target
}

function addWatch(program: Command, context: () => CommandContext): void {
  program
    .command('watch <dir>')
    .description('send every change to the files and the git repository in a folder to a workspace')
    .requiredOption('--workspace <name>', 'the workspace')
    .option('--with-diff', 'also send diffs (never of files or lines that look secret)')
    .option('--ignore <patterns...>', 'ignore these, besides what .gitignore ignores')
    .option('--state <file>', 'where to remember what was sent')
    .option('--once', 'send what has changed since the last time, and exit')
    .option('--json', 'print each event that was sent, one a line')
    .addHelpText(
      'after',
      examples('circles-rooms watch . --workspace acme', 'circles-rooms watch . --workspace acme --once   # in a hook'),
    )
    .action((dir, options) => watchFolder(dir, options, context()))
}

function addTail(program: Command, context: () => CommandContext): void {
  program
    .command('tail <channel>')
    .description('show the latest events of a channel, and new ones as they come')
    .option('-n, --lines <n>', 'how many events to begin with', wholeNumber, 20)
    .option('--since <seq>', 'begin after this event instead', wholeNumber)
    .option('--no-follow', 'exit at the end of the log')
    .option('--json', 'print the frames as they are, one a line')
    .option('--timeout <seconds>', 'for the first connection', wholeNumber, 15)
    .addHelpText(
      'after',
      examples('circles-rooms tail dev-team', 'circles-rooms tail workspace:acme --json | jq .data.path'),
    )
    .action((channel, options) => tail(channel, options, context()))
}

function addSend(program: Command, context: () => CommandContext): void {
  program
    .command('send <channel> [text...]')
    .description('send a message; without text, standard input is the message')
    .option('--to <agent>', 'address this agent')
    .option('--reply-to <seq>', 'reply to this message', wholeNumber)
    .option('--lines', 'send each line of standard input as a message')
    .option('--json', 'print the seq of each message')
    .option('--timeout <seconds>', 'for the connection', wholeNumber, 15)
    .addHelpText(
      'after',
      examples('circles-rooms send dev-team "It is deployed."', 'git log -1 | circles-rooms send dev-team'),
    )
    .action((channel, text, options) => send(channel, text, options, { ...context(), input: process.stdin }))
}

function addConnect(program: Command, context: () => CommandContext): void {
  program
    .command('connect <circle> <program...>')
    .description('make a program that speaks the Agent Client Protocol an agent of a circle')
    .option('--as <id>', 'its name in the circle; that of the program if absent')
    .addOption(new Option('--key <key>', 'its key, if it was made elsewhere').env('CIRCLES_AGENT_KEY'))
    .option('--new-key', 'give the agent another key, which closes its other connection')
    .option('--cwd <dir>', 'the folder that it works in', '.')
    .option('--state <file>', 'where to remember its key and its sessions')
    .addHelpText(
      'after',
      examples(
        'circles-rooms connect dev-team -- npx -y @agentclientprotocol/claude-agent-acp',
        'circles-rooms connect dev-team --as gemini -- gemini --experimental-acp',
      ),
    )
    .action((circle, words, options) => connectProgram(circle, words, options, context()))
}

function addToken(program: Command, terminal: Terminal): void {
  program
    .command('token')
    .description('mint a token for development, with the AUTH_SECRET of your own server')
    .requiredOption('--sub <id>', 'the user’s id')
    .option('--display-name <name>', 'the name that others see')
    .option('--channel <pattern=role...>', 'the role in each channel', ['circle:*=member'])
    .option('--ttl <time>', 'how long it is valid: 90s, 15m, 8h, 1d', '8h')
    .option('--issuer <iss>', 'the server’s AUTH_ISSUER')
    .option('--audience <aud>', 'the server’s AUTH_AUDIENCE')
    .addHelpText(
      'after',
      examples("circles-rooms token --sub ada --channel 'circle:*=owner' 'workspace:*=member' --ttl 1d"),
    )
    .action(async options => terminal.out(await mintToken({ ...options, name: options.displayName })))
}

function addExportImport(program: Command, context: () => CommandContext): void {
  program
    .command('export <circle>')
    .description('write a circle’s whole log as JSONL, one event a line')
    .option('-o, --output <file>', 'write to a new file instead of standard output')
    .addHelpText('after', examples('circles-rooms export dev-team -o dev-team.jsonl'))
    .action((circle, options) => exportLog(circle, options, context()))

  program
    .command('import <circle> <file>')
    .description('import an exported log into a circle (- is standard input)')
    .addHelpText('after', examples('circles-rooms import dev-team-copy dev-team.jsonl'))
    .option('--replace', 'replace the log that is there')
    .action((circle, file, options) => importLog(circle, file, options, context()))
}

function addDocument(program: Command, context: () => CommandContext): void {
  const document = program.command('document').description('read and edit the documents of a circle')
  document
    .command('cat <document>')
    .description('print a document (dev/plan): its text, prose as Markdown, or JSON')
    .option('--root <name>', 'the shared type to print, if there are several')
    .option('--version-number <n>', 'an earlier version', wholeNumber)
    .action((name, { versionNumber: version, ...rest }) => catDocument(name, { version, ...rest }, context()))
  document
    .command('edit <document>')
    .description('replace a text that occurs once; without --old, append')
    .option('--old <text>', 'the text to be replaced')
    .requiredOption('--new <text>', 'the text in its place')
    .option('--root <name>', 'the shared text to edit, if there are several')
    .option('--suggest', 'let somebody accept it first')
    .addHelpText('after', examples("circles-rooms document edit dev/plan --old 'on Monday' --new 'on Tuesday'"))
    .action((name, options) => editDocument(name, options, context()))
  document
    .command('history <document>')
    .description('list the versions of a document, the newest first')
    .option('--json', 'print each as JSON')
    .action((name, options) => listVersions(name, options, context()))
  document
    .command('undo <document>')
    .description('take back an edit that you made here, or that an agent made for you')
    .argument('<edit>', 'its number, which `edit` prints', wholeNumber)
    .action((name, edit) => undoEdit(name, edit, context()))
  addSuggestions(document, context)
}

function addSuggestions(document: Command, context: () => CommandContext): void {
  document
    .command('suggestions <document>')
    .description('list what waits for somebody to accept it, the oldest first')
    .option('--json', 'print each as JSON')
    .action((name, options) => listSuggestions(name, options, context()))
  for (const verb of ['accept', 'reject'] as const) {
    document
      .command(`${verb} <document>`)
      .description(`${verb} a suggestion`)
      .argument('<number>', 'its number, which `suggestions` prints', wholeNumber)
      .action((name, id) => decideSuggestion(name, { id, accept: verb === 'accept' }, context()))
  }
}

function addDoctor(program: Command, context: () => CommandContext): void {
  program
    .command('doctor')
    .description('check the connection to the server, your identity there, its clock and its speed')
    .option('--channel <channel>', 'the channel to connect to', 'lobby')
    .option('--json', 'print the findings as JSON')
    .option('--timeout <seconds>', 'for the connection', wholeNumber, 15)
    .addHelpText(
      'after',
      examples('circles-rooms doctor', 'circles-rooms doctor --url https://circles.example.org --json'),
    )
    .action(options => runDoctor(options, context()))
}

function addDeploy(program: Command, terminal: Terminal): void {
  program
    .command('deploy')
    .description('deploy the Worker of this folder: makes what is missing, keeps its secrets in .prod.vars')
    .option('--with <names>', 'also make and bind these: bus (queues for events), files (a bucket)')
    .option('--owner', 'make another owner’s link')
    .option('--new-secret', 'make a new AUTH_SECRET, and accept the present one beside it')
    .option('--drop-previous', 'accept the previous AUTH_SECRET no longer')
    .option('--config <file>', 'the configuration of wrangler')
    .option('--env <name>', 'the environment in that configuration')
    .addHelpText('after', examples('circles-rooms deploy', 'circles-rooms deploy --with bus'))
    .action(options => deploy(options, terminal))
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}
