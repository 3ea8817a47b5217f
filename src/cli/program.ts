import { Command, InvalidArgumentError, Option } from 'commander'
import type { ApiTarget } from './api-client.ts'
import { examine } from './commands/doctor.ts'
import { exportLog, importLog } from './commands/export-import.ts'
import { send } from './commands/send.ts'
import { tail } from './commands/tail.ts'
import { mintToken } from './commands/token.ts'
import { watchFolder } from './commands/watch.ts'
import type { Terminal } from './terminal.ts'

const examples = (...lines: string[]) => `\nExamples:\n${lines.map(line => `  $ ${line}`).join('\n')}`

const afterHelp = `
Where and who:
  A server is named by --url or CIRCLES_URL. A token goes into CIRCLES_TOKEN, where
  other users of this machine cannot see it; without one you are a guest (--name).

Exit codes:
  0 done · 1 a bug · 2 bad arguments · 3 server unreachable · 4 not authenticated
  5 forbidden · 6 not found · 7 refused · 130 interrupted
${examples('circles doctor', 'circles tail lobby', 'circles send lobby "Hello, @pickle"', 'circles watch . --workspace acme')}`

/** What a command line runs in. */
export type World = { terminal: Terminal; signal: AbortSignal; version: string }

/** What the command line understands. */
export function program({ terminal, signal, version }: World): Command {
  const circles = new Command('circles')
    .description('Rooms for people and agents, from a terminal.')
    .addOption(new Option('--url <url>', 'the server').env('CIRCLES_URL').default('http://127.0.0.1:8000'))
    .addOption(new Option('--token <jwt>', 'who you are').env('CIRCLES_TOKEN'))
    .addOption(new Option('--name <name>', 'as a guest, where guests are let in').env('CIRCLES_NAME'))
    .addHelpText('after', afterHelp)
    .version(version, '-V, --version', 'which version this is')
    .showHelpAfterError('(circles --help tells how)')
    .exitOverride()
    .configureOutput({
      writeOut: text => terminal.out(text.trimEnd()),
      writeErr: text => terminal.say(text.trimEnd()),
    })
  const around = () => ({ server: circles.opts<ApiTarget>(), terminal, signal, input: process.stdin })

  circles
    .command('watch <dir>')
    .description('tell a workspace of every change to the files and the git repository in a folder')
    .requiredOption('--workspace <name>', 'the workspace that is told')
    .option('--with-diff', 'tell what changed in a file too (never of files or lines that look secret)')
    .option('--ignore <patterns...>', 'leave out more than .gitignore does')
    .option('--state <file>', 'where to remember what was told')
    .option('--once', 'tell what changed since the last time, and end')
    .option('--json', 'print each event told, one a line')
    .addHelpText(
      'after',
      examples('circles watch . --workspace acme', 'circles watch . --workspace acme --once   # in a hook'),
    )
    .action((dir, options) => watchFolder(dir, options, around()))

  circles
    .command('tail <channel>')
    .description('show what is said in a channel, and what comes')
    .option('-n, --lines <n>', 'so many events to begin with', wholeNumber, 20)
    .option('--since <seq>', 'begin after this one instead', wholeNumber)
    .option('--no-follow', 'end when all is shown')
    .option('--json', 'events as they are, one a line')
    .option('--timeout <seconds>', 'for the first connection', wholeNumber, 15)
    .addHelpText('after', examples('circles tail dev-team', 'circles tail workspace:acme --json | jq .data.path'))
    .action((channel, options) => tail(channel, options, around()))

  circles
    .command('send <channel> [text...]')
    .description('say something; without text, say what comes over standard input')
    .option('--to <agent>', 'ask this agent')
    .option('--reply-to <seq>', 'answer this line', wholeNumber)
    .option('--lines', 'each line of the input is said by itself')
    .option('--json', 'print the seq of each line')
    .option('--timeout <seconds>', 'for the connection', wholeNumber, 15)
    .addHelpText('after', examples('circles send dev-team "It is deployed."', 'git log -1 | circles send dev-team'))
    .action((channel, text, options) => send(channel, text, options, around()))

  circles
    .command('token')
    .description('mint a token for development, with the AUTH_SECRET of your own server')
    .requiredOption('--sub <id>', 'the user’s id')
    .option('--display-name <name>', 'what others see')
    .option('--channel <pattern=role...>', 'what it may do where', ['circle:*=member'])
    .option('--ttl <time>', 'how long it is valid: 90s, 15m, 8h, 1d', '8h')
    .option('--issuer <iss>', 'as AUTH_ISSUER says')
    .option('--audience <aud>', 'as AUTH_AUDIENCE says')
    .addHelpText('after', examples("circles token --sub ada --channel 'circle:*=owner' 'workspace:*=member' --ttl 1d"))
    .action(async options => terminal.out(await mintToken({ ...options, name: options.displayName })))

  circles
    .command('export <circle>')
    .description('write a circle’s whole log as JSONL, one event a line')
    .option('-o, --output <file>', 'into a new file instead of standard output')
    .addHelpText('after', examples('circles export dev-team -o dev-team.jsonl'))
    .action((circle, options) => exportLog(circle, options, around()))

  circles
    .command('import <circle> <file>')
    .description('put an exported log into a circle (- is standard input)')
    .addHelpText('after', examples('circles import dev-team-copy dev-team.jsonl'))
    .option('--replace', 'instead of the log that is there')
    .action((circle, file, options) => importLog(circle, file, options, around()))

  circles
    .command('doctor')
    .description('see whether the server can be reached, knows you, agrees on the time, and how quick it is')
    .option('--channel <channel>', 'the channel to look from', 'lobby')
    .option('--json', 'findings for a program')
    .option('--timeout <seconds>', 'for the connection', wholeNumber, 15)
    .addHelpText('after', examples('circles doctor', 'circles doctor --url https://circles.example.org --json'))
    .action(options => examine(options, around()))

  return circles
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It is a whole number.')
  return Number(text)
}
