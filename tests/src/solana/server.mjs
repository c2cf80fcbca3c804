// One Solana validator's engine with the JSON-RPC methods that a wallet asks a server for, and `test…` methods for what a
// test can't do over RPC. Prints its port, and ends with its standard input.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import {
  getAddressDecoder,
  getAddressEncoder,
  getBase58Decoder,
  getCompiledTransactionMessageDecoder,
  getOffchainMessageEnvelopeDecoder,
  verifyOffchainMessageEnvelope,
} from '@solana/kit';

// A native module, which `import` can't load.
const engine = createRequire(import.meta.url)('litesvm-linux-x64-gnu');

const DEVNET = 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG';
const BLOCKS_VALID = 150;
const TOKEN_PROGRAMS = [
  'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
  'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb',
];

const svm = new engine.LiteSvm();
svm.withNativeMints();
const bytes = (address) => new Uint8Array(getAddressEncoder().encode(address));
const address = (raw) => getAddressDecoder().decode(raw);
const signature = (raw) => getBase58Decoder().decode(raw);
const at = (value) => ({ context: { slot: Number(svm.getClock().slot) }, value });
const transactions = [];

class Refusal extends Error {
  constructor(code, message, data) {
    super(message);
    Object.assign(this, { code, data });
  }
}

// The engine gives numbers without names; its text has them.
function errorOf(failed) {
  const [, name, detail] = /err: (\w+)(?:\((.*?)\), meta| \{ (.*?) \}, meta|, meta)/.exec(String(failed));
  if (name !== 'InstructionError') return detail === undefined && !String(failed).includes(`${name} {`) ? name : { [name]: {} };
  const [, index, problem, code] = /^(\d+), (\w+)(?:\((\d+)\))?/.exec(detail);
  return { InstructionError: [Number(index), code === undefined ? problem : { [problem]: Number(code) }] };
}

function wireAccount(account, slice) {
  const data = Buffer.from(account.data());
  const cut = slice ? data.subarray(slice.offset, slice.offset + slice.length) : data;
  return {
    lamports: Number(account.lamports()),
    owner: address(account.owner()),
    executable: account.executable(),
    rentEpoch: Number(BigInt.asUintN(53, account.rentEpoch())),
    data: [cut.toString('base64'), 'base64'],
    space: data.length,
  };
}

function tokensOf(keys) {
  return keys.flatMap((key, accountIndex) => {
    const account = svm.getAccount(bytes(key));
    const data = account && Buffer.from(account.data());
    if (!data || data.length < 165 || !TOKEN_PROGRAMS.includes(address(account.owner()))) return [];
    const mint = address(data.subarray(0, 32));
    const decimals = svm.getAccount(bytes(mint)).data()[44];
    const amount = data.readBigUInt64LE(64).toString();
    const owner = address(data.subarray(32, 64));
    return [{ accountIndex, mint, owner, programId: address(account.owner()), uiTokenAmount: { amount, decimals } }];
  });
}

function send(base64, untried) {
  const raw = Buffer.from(base64, 'base64');
  const message = getCompiledTransactionMessageDecoder().decode(raw.subarray(65));
  const keys = message.staticAccounts;
  const balances = () => keys.map((key) => Number(svm.getBalance(bytes(key)) ?? 0n));
  const before = { balances: balances(), tokens: tokensOf(keys) };
  // As servers do unless they are told not to, so that what would fail costs nothing.
  const tried = untried ? undefined : svm.simulateLegacyTransaction(raw);
  const result = tried instanceof engine.FailedTransactionMetadata ? tried : svm.sendLegacyTransaction(raw);
  const failed = result instanceof engine.FailedTransactionMetadata;
  const meta = failed ? result.meta() : result;
  const err = failed ? errorOf(result) : null;
  // What fails as a whole is in no block; of what fails in an instruction, a block takes the fee.
  if (failed && !(untried && err.InstructionError)) {
    const data = { err, logs: meta.logs(), unitsConsumed: Number(meta.computeUnitsConsumed()) };
    throw new Refusal(-32002, 'Transaction simulation failed', data);
  }
  const id = signature(raw.subarray(1, 65));
  const after = { balances: balances(), tokens: tokensOf(keys) };
  const fee = before.balances.reduce((a, b) => a + b, 0) - after.balances.reduce((a, b) => a + b, 0);
  const units = Number(meta.computeUnitsConsumed());
  transactions.unshift({ id, message, keys, before, after, fee, units, err, slot: Number(svm.getClock().slot) });
  return id;
}

const outcome = (err) => (err === null ? { Ok: null } : { Err: err });

function found({ id, message, keys, before, after, fee, units, err, slot }) {
  const instructions = message.instructions.map((call) => ({
    programIdIndex: call.programAddressIndex,
    accounts: call.accountIndices ?? [],
    data: getBase58Decoder().decode(call.data ?? new Uint8Array()),
    stackHeight: 1,
  }));
  const { numSignerAccounts, numReadonlySignerAccounts, numReadonlyNonSignerAccounts } = message.header;
  return {
    slot,
    blockTime: 1_700_000_000,
    version: 'legacy',
    transaction: {
      signatures: [id],
      message: {
        header: {
          numRequiredSignatures: numSignerAccounts,
          numReadonlySignedAccounts: numReadonlySignerAccounts,
          numReadonlyUnsignedAccounts: numReadonlyNonSignerAccounts,
        },
        accountKeys: keys,
        recentBlockhash: message.lifetimeToken,
        instructions,
      },
    },
    meta: {
      err,
      status: outcome(err),
      fee,
      preBalances: before.balances,
      postBalances: after.balances,
      preTokenBalances: before.tokens,
      postTokenBalances: after.tokens,
      innerInstructions: [],
      loadedAddresses: { writable: [], readonly: [] },
      logMessages: [],
      computeUnitsConsumed: units,
      rewards: [],
    },
  };
}

const status = ({ slot, err }) => ({ slot, confirmations: null, err, status: outcome(err), confirmationStatus: 'finalized' });

let genesis = DEVNET;
// What was asked, and whether the network loses what is sent.
const asked = [];
let loses = false;
let sendFirst;
const sent = new Promise((resolve) => {
  sendFirst = resolve;
});

const methods = {
  getGenesisHash: () => genesis,
  getLatestBlockhash: () =>
    at({ blockhash: svm.latestBlockhash(), lastValidBlockHeight: Number(svm.getClock().slot) + BLOCKS_VALID }),
  isBlockhashValid: (hash) => at(hash === svm.latestBlockhash()),
  getBlockHeight: () => Number(svm.getClock().slot),
  getBalance: (key) => at(Number(svm.getBalance(bytes(key)) ?? 0n)),
  getAccountInfo: (key, options) => {
    const account = svm.getAccount(bytes(key));
    return at(account ? wireAccount(account, options.dataSlice) : null);
  },
  getMultipleAccounts: (keys, options) =>
    at(
      keys.map((key) => {
        const account = svm.getAccount(bytes(key));
        return account ? wireAccount(account, options.dataSlice) : null;
      }),
    ),
  getTokenAccountsByOwner: (owner, { programId }) =>
    at(
      svm
        .getProgramAccounts(bytes(programId))
        .map((held) => ({ pubkey: address(held.address), account: held.account() }))
        .filter(({ account }) => {
          const data = Buffer.from(account.data());
          return data.length >= 165 && address(data.subarray(32, 64)) === owner && data[165] !== 1;
        })
        .map(({ pubkey, account }) => ({ pubkey, account: wireAccount(account) })),
    ),
  getMinimumBalanceForRentExemption: (length) => Number(svm.minimumBalanceForRentExemption(BigInt(length))),
  getRecentPrioritizationFees: () => [
    { slot: 2, prioritizationFee: 700 },
    { slot: 1, prioritizationFee: 0 },
  ],
  sendTransaction: (base64, options) => {
    sendFirst(base64);
    return loses ? signature(Buffer.from(base64, 'base64').subarray(1, 65)) : send(base64, options?.skipPreflight);
  },
  getSignatureStatuses: (ids) =>
    at(ids.map((id) => transactions.filter((one) => one.id === id).map(status)[0] ?? null)),
  getSignaturesForAddress: (key, { limit, before }) => {
    const mine = transactions.filter((one) => one.keys.includes(key));
    const first = before ? mine.findIndex((one) => one.id === before) + 1 : 0;
    const shown = ({ slot, id, err }) => ({
      signature: id,
      slot,
      err,
      memo: null,
      blockTime: 1_700_000_000,
      confirmationStatus: 'finalized',
    });
    return mine.slice(first, first + limit).map(shown);
  },
  getTransaction: (id) => transactions.filter((one) => one.id === id).map(found)[0] ?? null,

  testFund: (key, lamports) => {
    svm.airdrop(bytes(key), BigInt(lamports));
    return Number(svm.getBalance(bytes(key)));
  },
  testPut: (key, owner, data) => {
    const content = new Uint8Array(Buffer.from(data, 'base64'));
    const lamports = svm.minimumBalanceForRentExemption(BigInt(content.length));
    svm.setAccount(bytes(key), new engine.Account(lamports, content, bytes(owner), false, 0n));
    return null;
  },
  testExpire: () => {
    svm.expireBlockhash();
    return null;
  },
  testServe: (hash) => {
    genesis = hash;
    return null;
  },
  testLose: (whether) => {
    loses = whether;
    return null;
  },
  testWarp: (blocks) => {
    svm.warpToSlot(svm.getClock().slot + BigInt(blocks));
    return null;
  },
  testAsked: () => asked,
  testSent: () => sent,
  testUnits: (id) => transactions.find((one) => one.id === id).units,
  testOpenOffchain: async (base64) => {
    const envelope = getOffchainMessageEnvelopeDecoder().decode(Buffer.from(base64, 'base64'));
    await verifyOffchainMessageEnvelope(envelope);
    return Buffer.from(envelope.content).toString('hex');
  },
};

async function answer({ id, method, params }) {
  if (!method.startsWith('test')) asked.push(method);
  try {
    if (!(method in methods)) throw new Refusal(-32601, 'Method not found');
    return { jsonrpc: '2.0', id, result: await methods[method](...(params ?? [])) };
  } catch (error) {
    const { code, data } = error;
    return { jsonrpc: '2.0', id, error: { code: Number.isInteger(code) ? code : -32603, message: String(error), data } };
  }
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = JSON.stringify(await answer(JSON.parse(Buffer.concat(chunks).toString())));
  response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
