/** How a program of a test may end itself, apart from signals. */
export const waysToEnd: Readonly<Record<string, () => void>> = {
  end: () => {},
  'process.exit': () => process.exit(0),
  throw: () => {
    throw new Error('on purpose')
  },
  reject: () => void Promise.reject(new Error('on purpose')),
}
