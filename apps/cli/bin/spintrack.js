#!/usr/bin/env node
// The sources run as they are: tsx takes the types off while loading (docs/decisions).
import { register } from 'tsx/esm/api'

register()
await import('../src/main.ts')
