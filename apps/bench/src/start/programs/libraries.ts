import 'reflect-metadata';
import 'inversify';
import 'class-validator';
import 'class-transformer';
import 'winston';

process.stdout.write('ready\n');
