import { CertificateAuthority } from '@skerry-private/test-kit';
import { Module, type TlsOptions } from '@skerry/core';
import { TestApp, TestNetwork } from '@skerry/testing';
import { OrdersModule } from './orders.js';
import { Payments, PaymentsModule } from './payments.js';

@Module()
class MailModule {}

describe('a guard that asks for a certificate', () => {
  // #region test
  test('payments are charged by orders, and by nobody else', async () => {
    const network = new TestNetwork();
    await TestApp.create(PaymentsModule, { network }).start();
    const identity = { spiffeId: 'spiffe://shop.example/orders' };
    const orders = await TestApp.create(OrdersModule, { network, identity }).start();
    const mail = await TestApp.create(MailModule, { network }).start();

    await expect(orders.client(Payments).charge(500)).resolves.toBe('charged 500');
    await expect(mail.client(Payments).charge(500)).rejects.toMatchObject({ code: 'SKERRY_RPC_DENIED' });
    await network.close();
  });
  // #endregion test

  test('does the same by TLS', async () => {
    const authority = await CertificateAuthority.create('Shop CA');
    const tls = async (name: string): Promise<TlsOptions> => {
      const uris = [`spiffe://shop.example/${name}`];
      const issued = await authority.issue({ names: [name], uris });
      const mutual = { ca: authority.certificate, requireClientCertificate: true };
      return { ...issued, ...mutual, serverName: 'spiffe://shop.example/payments' };
    };
    const network = new TestNetwork();
    const listen = 'tls://127.0.0.1:0';
    await TestApp.create(PaymentsModule, { network, listen, tls: await tls('payments') }).start();
    const orders = await TestApp.create(OrdersModule, { network, listen, tls: await tls('orders') }).start();
    const mail = await TestApp.create(MailModule, { network, tls: await tls('mail'), listen }).start();
    await expect(orders.client(Payments).charge(500)).resolves.toBe('charged 500');
    await expect(mail.client(Payments).charge(500)).rejects.toMatchObject({ code: 'SKERRY_RPC_DENIED' });
    await network.close();
  });
});
