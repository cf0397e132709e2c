const clock = 'Take a Clock (packages/core/src/clock/clock.ts): it is what lets a test own time and chance.';

/** @param {string} object @param {string} property @param {string} instead */
const property = (object, property, instead) => ({ object, property, message: `${instead}. ${clock}` });

/**
 * Only clock/system-clock.ts asks the machine for time and chance.
 *
 * @type {import('eslint').Linter.RulesRecord}
 */
export const onlyTheClock = {
  'no-restricted-globals': [
    'error',
    {
      globals: ['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
        name,
        message: `Use clock.setTimer or clock.sleep. ${clock}`,
      })),
      checkGlobalObject: true,
    },
  ],
  'no-restricted-properties': [
    'error',
    property('Date', 'now', 'Use clock.now for durations, clock.wallTime for the calendar'),
    property('performance', 'now', 'Use clock.now'),
    property('process', 'hrtime', 'Use clock.now'),
    property('process', 'uptime', 'Use clock.now'),
    property('AbortSignal', 'timeout', 'Use clock.setTimer and an AbortController'),
    property('Math', 'random', 'Use clock.random or clock.randomHex'),
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: ':matches(NewExpression, CallExpression)[callee.name="Date"][arguments.length=0]',
      message: `Use new Date(clock.wallTime()). ${clock}`,
    },
  ],
};

/**
 * A spec that sleeps is slow when it passes and wrong when the machine is busy.
 *
 * @type {import('eslint').Linter.RulesRecord}
 */
export const noSleep = {
  'no-restricted-syntax': [
    'error',
    {
      // A promise that does nothing but wait.
      selector:
        'NewExpression[callee.name="Promise"] > ArrowFunctionExpression > CallExpression.body[callee.name="setTimeout"]',
      message: 'Wait for what is to happen (eventually of @skerry-private/test-kit) or own the time (ManualClock).',
    },
  ],
};
