// Asks an installed @cloud-copilot/iam-simulate about requests.
// usage: node simulator.cjs INSTALL_DIR < cases.json > answers.json
// Each answer comes with what it took, the second time, in nanoseconds: the
// policies are loaded before.
'use strict'
const { createRequire } = require('node:module')
const path = require('node:path')
const fs = require('node:fs')

const root = path.resolve(process.argv[2])
const from = createRequire(path.join(root, 'index.js'))
const dist = path.join(root, 'node_modules/@cloud-copilot/iam-simulate/dist/cjs')
const { authorize } = from(path.join(dist, 'core_engine/CoreSimulatorEngine.js'))
const { AwsRequestImpl } = from(path.join(dist, 'request/request.js'))
const { RequestContextImpl } = from(path.join(dist, 'requestContext.js'))
const { DiscoveryContextKeyConstraints } = from(path.join(dist, 'context_keys/discoveryContextKeyConstraints.js'))
const { loadPolicy } = from('@cloud-copilot/iam-policy')

// Resource control policies stand beside one that lets everything through.
const fullAccess = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

const one = (p, name) => (p ? loadPolicy(p, { name }) : undefined)
const all = (list, kind) => (list || []).map((p, i) => one(p, kind + i))
const levels = (list, kind, extra) =>
  (list || []).map((l, i) => ({ orgIdentifier: kind + i, policies: all([...extra, ...l.policies], kind + i + '-') }))

function prepare(c) {
  const q = c.request
  const context = new RequestContextImpl(q.context || {})
  const sim = c.simulation || {}
  return {
    request: new AwsRequestImpl(q.principal, q.resource, q.action, context, q.wildcardOnlyAction),
    identityPolicies: all(c.identityPolicies, 'identity'),
    sessionPolicy: one(c.sessionPolicy, 'session'),
    serviceControlPolicies: levels(c.serviceControlPolicies, 'scp', []),
    resourceControlPolicies: levels(c.resourceControlPolicies, 'rcp', [fullAccess]),
    resourcePolicy: one(c.resourcePolicy, 'resource'),
    permissionBoundaries: c.permissionBoundaries ? all(c.permissionBoundaries, 'boundary') : undefined,
    vpcEndpointPolicies: c.endpointPolicies ? all(c.endpointPolicies, 'endpoint') : undefined,
    simulationParameters: {
      simulationMode: sim.mode || 'Strict',
      discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints(sim.discoveryContextKeyConstraints || [])
    }
  }
}

function ask(c) {
  const request = prepare(c)
  const result = authorize(request).result
  const start = process.hrtime.bigint()
  authorize(request)
  return { result, took: Number(process.hrtime.bigint() - start) }
}

const answers = JSON.parse(fs.readFileSync(0, 'utf8')).map((c) => {
  try {
    return ask(c)
  } catch (e) {
    return { result: 'error: ' + (e && e.message), took: 0 }
  }
})
process.stdout.write(JSON.stringify(answers))
