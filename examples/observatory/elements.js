/** An element with text in it: never markup, whatever a name holds. */
export function element(name, text = '', className = '') {
  const made = document.createElement(name)
  made.textContent = text
  made.className = className
  return made
}

/** Seconds in the unit that a person would use. */
export function showTime(seconds) {
  if (seconds === undefined) return '–'
  if (seconds < 0.001) return `${(seconds * 1e6).toFixed(0)} µs`
  if (seconds < 1) return `${(seconds * 1e3).toFixed(seconds < 0.01 ? 2 : 1)} ms`
  return `${seconds.toFixed(2)} s`
}

export function showSpans(count) {
  return count === 1 ? '1 span' : `${count} spans`
}
