import { tokenName, type Class } from '../container/token.js';
import { SkerryError } from '../errors/skerry-error.js';
import { defineService, type ServiceDefinition } from './definition.js';
import { declaredService } from './service.js';

/** What the decorators of a `@Service` say, as the application reads it at boot. Throws `SKERRY_SERVICE_INVALID` for another class. */
export function serviceOf(type: Class): ServiceDefinition {
  const name = tokenName(type);
  if (!declaredService(type)) {
    throw new SkerryError('SKERRY_SERVICE_INVALID', `${name} is no service: decorate it with @Service('...').`);
  }
  const { service, faults } = defineService(type);
  const [fault] = faults;
  if (!fault) return service;
  const what = fault.handler ? `${name}.${fault.handler}` : name;
  throw new SkerryError('SKERRY_SERVICE_INVALID', `${what} cannot be served: ${fault.message}; ${fault.fix}.`);
}
