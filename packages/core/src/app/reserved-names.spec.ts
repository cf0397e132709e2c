import { Module } from '../module/module.js';
import { serviceOf } from '../service/service-of.js';
import { Service } from '../service/service.js';
import { InboxModule } from './inbox-module.js';
import { Skerry } from './skerry.js';

@Service('skerry.audit')
class Audit {}

@Service('skerry')
class Plain {}

test("a name that begins as Skerry's own do is refused at boot, with one that is free", async () => {
  @Module({ imports: [InboxModule.forRoot()], providers: [Audit] })
  class App {}
  await expect(Skerry.create(App, { env: {} })).rejects.toMatchObject({
    problems: [
      {
        code: 'SKERRY_SERVICE_INVALID',
        message: expect.stringMatching(
          /^Cannot serve Audit: names that begin with 'skerry\.', such as 'skerry\.audit', /,
        ),
        path: ['App', 'Audit'],
        fix: "give it another name: @Service('audit')",
      },
    ],
  });
  expect(() => serviceOf(Audit)).toThrow("names that begin with 'skerry.'");
});

test("Skerry's own inbox is served, and who is only called alike", async () => {
  @Module({ imports: [InboxModule.forRoot()], providers: [Plain] })
  class App {}
  const app = await Skerry.create(App, { env: {} });
  expect(app.served.map(({ service }) => service.name).sort()).toEqual(['skerry', 'skerry.inbox']);
});
