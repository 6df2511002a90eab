// What is in the tarball: node .ci/check-package.mjs PACKAGE.tgz
import { execFileSync } from 'node:child_process'

const [tarball] = process.argv.slice(2)
const tar = (...args) => execFileSync('tar', args, { encoding: 'utf8', maxBuffer: 1 << 28 })
const files = tar('--list', '--gzip', '--file', tarball).trim().split('\n')
const problems = []

const required = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/python/sonde_worker/worker.py',
]
for (const file of required) if (!files.includes(`package/${file}`)) problems.push(`${file} is missing`)

const expected = /^package\/(?:dist\/.+|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
const unwanted = /\.(?:map|tsbuildinfo|pyc|test\.js)$|\/node_modules\/|\.(?<!\.d\.)ts$/
for (const file of files)
  if (!expected.test(file) || unwanted.test(file)) problems.push(`${file} does not belong in it`)

const content = tar('--extract', '--to-stdout', '--gzip', '--file', tarball)
for (const trace of ['sourceMappingURL', process.cwd()]) {
  if (content.includes(trace)) problems.push(`a file in it contains '${trace}'`)
}

for (const problem of problems) console.log(problem)
console.log(`${files.length} files`)
process.exitCode = problems.length > 0 ? 1 : 0
