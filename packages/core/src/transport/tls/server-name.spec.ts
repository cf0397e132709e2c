import type { PeerCertificate } from 'node:tls';
import { anyService, type CalledService } from '../called-service.js';
import { expectedIdentity } from './peer-identity.js';
import { resolveTlsOptions } from './tls-options.js';

/** Whether a certificate that is trusted is taken for whom it should be. */
function takes(subjectaltname: string, serverName: string, service?: CalledService): boolean {
  const { checkServerIdentity } = expectedIdentity('127.0.0.1', resolveTlsOptions({ serverName }).serverName, service);
  const error = checkServerIdentity('127.0.0.1', { subjectaltname, subject: {} } as PeerCertificate);
  if (error) expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  return error === undefined;
}

const id = 'spiffe://shop.example/{service}';
const path = 'spiffe://shop.example/ns/{service}/sa';
const dns = '{service}.shop.example';

describe('the name that a certificate must be for', () => {
  test.each<[string, string, CalledService, string, boolean]>([
    ['its id', id, 'orders', 'URI:spiffe://shop.example/orders', true],
    ['the id of another service', id, 'orders', 'URI:spiffe://shop.example/payments', false],
    ['an id below its own', id, 'orders', 'URI:spiffe://shop.example/orders/admin', false],
    ['an id that begins like its own', id, 'orders', 'URI:spiffe://shop.example/orders-old', false],
    ['its id in capitals', id, 'orders', 'URI:spiffe://shop.example/ORDERS', false],
    ['its id in another domain', id, 'orders', 'URI:spiffe://shopxexample/orders', false],
    ['its id beside another', id, 'a', 'URI:spiffe://shop.example/a, URI:spiffe://shop.example/b', false],
    ['its id, in the middle', path, 'shop.Orders', 'URI:spiffe://shop.example/ns/shop.Orders/sa', true],
    ['another id, in the middle', path, 'shop.Orders', 'URI:spiffe://shop.example/ns/shopxOrders/sa', false],
    ['one of its ids', `${id}/*`, 'orders', 'URI:spiffe://shop.example/orders/1', true],
    ['one of the ids of another', `${id}/*`, 'orders', 'URI:spiffe://shop.example/mail/orders/1', false],
    ['its DNS name', dns, 'orders', 'DNS:a.example, DNS:Orders.shop.example', true],
    ['the DNS name of another', dns, 'orders', 'DNS:payments.shop.example, URI:spiffe://shop.example/orders', false],
    ['a DNS name for all', dns, 'orders', 'DNS:*.shop.example', true],
  ])('by service: %s', (_, serverName, service, subjectaltname, taken) => {
    expect(takes(subjectaltname, serverName, service)).toBe(taken);
  });

  test.each<[string, string, boolean]>([
    [id, 'URI:spiffe://shop.example/payments', true],
    [id, 'URI:spiffe://shop.example/payments/admin', false],
    [id, 'URI:spiffe://shop.example/..', false],
    [id, 'URI:spiffe://shop.evil/payments', false],
    [id, 'DNS:spiffe://shop.example/payments', false],
    [path, 'URI:spiffe://shop.example/ns/a/b/sa', false],
    [`${id}/*`, 'URI:spiffe://shop.example/payments/1', true],
    [`${id}/*`, 'URI:spiffe://shop.example/payments', false],
    [dns, 'DNS:payments.shop.example', true],
    [dns, 'DNS:PAYMENTS.Shop.Example', true],
    [dns, 'DNS:*.shop.example', true],
    [dns, 'DNS:shop.example', false],
    [dns, 'DNS:payments.shopxexample', false],
    [dns, 'DNS:payments.shop.example.evil', false],
    [dns, 'URI:spiffe://shop.example/payments', false],
    [dns, '', false],
  ])('of any service: %s by %s', (serverName, subjectaltname, taken) => {
    expect(takes(subjectaltname, serverName, anyService)).toBe(taken);
  });

  test('is told to a server of many names, where it is a DNS name', () => {
    expect(expectedIdentity('10.0.0.7', dns, 'orders')).toMatchObject({ servername: 'orders.shop.example' });
    expect(expectedIdentity('10.0.0.7', dns, anyService)).not.toHaveProperty('servername');
    expect(expectedIdentity('10.0.0.7', id, 'orders')).not.toHaveProperty('servername');
    expect(expectedIdentity('orders.example', undefined, 'orders')).toMatchObject({ servername: 'orders.example' });
  });

  test.each([undefined, '', '*', '.', '..', 'a/b', 'a b', 'shop/*', 'a\u0000', 'é', 'a{service}'])(
    'is not made of %j',
    (service) => {
      for (const serverName of [id, dns]) {
        expect(() => expectedIdentity('10.0.0.7', serverName, service)).toThrow(
          expect.objectContaining({
            code: 'SKERRY_TLS_CONFIG_INVALID',
            message: expect.stringContaining(serverName),
          }),
        );
      }
      expect(expectedIdentity('10.0.0.7', 'orders', service)).toMatchObject({ servername: 'orders' });
    },
  );

  test.each([
    'spiffe://{service}/orders',
    'spiffe://shop.example/{node}',
    '{service',
    '{}.shop.example',
    'a/{service}',
  ])('cannot be %s', (serverName) => {
    expect(() => resolveTlsOptions({ serverName })).toThrow(
      expect.objectContaining({ code: 'SKERRY_TLS_CONFIG_INVALID', message: expect.stringContaining('{service}') }),
    );
  });
});
