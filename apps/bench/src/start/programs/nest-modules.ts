import { Injectable, Module } from '@nestjs/common';
import { providerClasses, wantedProviders } from './provider-classes.js';

/** As many providers as this program is to have, in modules. */
export const modules = providerClasses(wantedProviders, Injectable()).map((providers) => {
  class Feature {}
  Module({ providers })(Feature);
  return Feature;
});
