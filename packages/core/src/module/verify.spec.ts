import { Inject, Injectable, InjectLazy, Optional } from '../container/injectable.js';
import { InjectionToken } from '../container/token.js';
import { ShopModule } from './fixtures/eight-mistakes.js';
import { Module, type DynamicModule } from './module.js';
import { GraphError, type Problem } from './problem.js';
import { verify } from './verify.js';

@Module()
class BuiltIn {}

const builtIn: DynamicModule = { module: BuiltIn };

async function problemsOf(root: unknown): Promise<readonly Problem[]> {
  try {
    await verify(root, { builtIn });
  } catch (error) {
    if (error instanceof GraphError) return error.problems;
    throw error;
  }
  return [];
}

describe('a graph with mistakes', () => {
  test('reports all eight at once, as text for a terminal', async () => {
    const error = await verify(ShopModule, { builtIn }).catch((caught: unknown) => caught as GraphError);
    expect(error).toBeInstanceOf(GraphError);
    console.log((error as GraphError).message);
  });
});
