#!/usr/bin/env node
// `npm create skerry shop` is `skerry new shop`.
process.argv.splice(2, 0, 'new');
await import('@skerry/cli/main');
