import { brokerEngines, SystemClock } from '@skerry/core';
import { RabbitMqBrokerDriver } from './rabbitmq-broker.js';

test('the table of engines says what the driver does', async () => {
  const driver = new RabbitMqBrokerDriver(new SystemClock());
  expect(driver.capabilities).toEqual(brokerEngines['rabbitmq']);
  await driver.close();
});
