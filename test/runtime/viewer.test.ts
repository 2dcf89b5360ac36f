import { subscriberOf, viewerAddress } from '../../src/runtime/viewer';

const PROOF = 'edge-0123abcd-5f6c';
const EDGE = '64.252.64.1';
const VIEWER = '203.0.113.9';

describe('whoever calls the API itself is known by the connection', () => {
  test.each([
    ['without any header', {}],
    ['whatever they say of whom they speak for', { forwardedFor: '198.51.100.1' }],
    ['also when they make up a proof', { forwardedFor: '198.51.100.1', edgeProof: 'edge-0123abcd-5f6d' }],
    ['also when they leave it empty', { forwardedFor: '198.51.100.1', edgeProof: '' }],
  ])('%s', (_, headers) => {
    expect(viewerAddress({ sourceIp: VIEWER, ...headers }, PROOF)).toBe(VIEWER);
  });
});

describe('whoever comes through the distribution is known by what CloudFront saw', () => {
  test.each([
    ['when the gateway hands the header on', VIEWER],
    ['when the gateway adds its own', `${VIEWER}, ${EDGE}`],
    ['whatever the viewer wrote before', `198.51.100.1, ${VIEWER}`],
    ['also with both', `198.51.100.1,${VIEWER},${EDGE}`],
    ['also when the viewer pretends to be CloudFront', `${EDGE}, ${VIEWER}, ${EDGE}`],
  ])('%s', (_, forwardedFor) => {
    expect(viewerAddress({ sourceIp: EDGE, forwardedFor, edgeProof: PROOF }, PROOF)).toBe(VIEWER);
  });

  test.each([undefined, '', EDGE])('and by the connection when it says nothing: %j', (forwardedFor) => {
    expect(viewerAddress({ sourceIp: EDGE, forwardedFor, edgeProof: PROOF }, PROOF)).toBe(EDGE);
  });
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['not an address', 'not an address'],
])('%s is of the subscriber %s', (address, subscriber) => {
  expect(subscriberOf(address)).toBe(subscriber);
});
