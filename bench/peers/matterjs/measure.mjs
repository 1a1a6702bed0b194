// SPDX-License-Identifier: Apache-2.0
//
// measure.mjs - matter.js over a made device and a CRL: prints one JSON object of samples.
//
//   node measure.mjs CASE-FOLDER CRL SAMPLES
//
// The ledger is taken from it: the trust store is a stub that has PAA and signer ready and knows of no
// revocation, so what is measured is its own work alone.
import { readFileSync } from "node:fs";
import * as nodeCrypto from "node:crypto";
import { Bytes, Logger, NodeJsStyleCrypto } from "@matter/general";
import { Certificate, DclCertificateService, DeviceAttestationValidator } from "@matter/protocol";

const [folder, crlFile, samplesText] = process.argv.slice(2);
const samples = Number(samplesText);
Logger.level = "fatal";

const file = name => new Uint8Array(readFileSync(`${folder}/${name}`));
const told = Object.fromEntries(
    readFileSync(`${folder}/case.txt`, "utf8")
        .split("\n")
        .filter(line => line.includes(": "))
        .map(line => line.split(": ", 2)),
);
const paa = file("trust/0-paa.der");
const signer = Certificate.parseAsn1Certificate(file("cd-signers/0-cdsigner.der"), Certificate.REQUIRED_EXTENSIONS);

const store = {
    acceptsTestCertificates: true,
    getCertificate: () => ({ isProduction: false }),
    getCertificateAsDer: async () => paa,
    isRevoked: async () => false,
    getOrFetchCdSigner: async () => ({ publicKey: signer.ellipticCurvePublicKey, isProduction: false }),
};
const context = {
    crypto: new NodeJsStyleCrypto(nodeCrypto),
    attestationChallenge: Bytes.fromHex(told.challenge),
    dclCertificateService: store,
};
const device = {
    dac: file("dac.der"),
    pai: file("pai.der"),
    attestationElements: file("elements.bin"),
    attestationSignature: file("signature.bin"),
    attestationNonce: Bytes.fromHex(told.nonce),
    vendorId: Number(told.vid),
    productId: Number(told.pid),
};

async function attest() {
    const result = await DeviceAttestationValidator.validate(context, device);
    if (result.findings.some(f => f.level === "error")) {
        throw new Error(JSON.stringify(result.findings));
    }
}

// Seconds of one call, `n` times; after a warm-up that lets the compiler do its work.
async function timed(calls, n, what) {
    const found = [];
    for (let i = 0; i < n; i++) {
        const start = process.hrtime.bigint();
        for (let k = 0; k < calls; k++) {
            await what();
        }
        found.push(Number(process.hrtime.bigint() - start) / 1e9 / calls);
    }
    return found;
}

for (let i = 0; i < 100; i++) {
    await attest();
}
const attestation = await timed(50, samples, attest);

const crl = new Uint8Array(readFileSync(crlFile));
const before = process.memoryUsage().rss;
let parsed;
const ingest = [];
for (let i = 0; i < (samples > 10 ? 3 : 1); i++) {
    ingest.push(...(await timed(1, 1, async () => (parsed = DclCertificateService.parseCrl(crl)))));
}
const peak = process.resourceUsage().maxRSS / 1024 - before / 1048576;

// What its isRevoked does once the set of this key id is in its cache.
const keyId = new Uint8Array(20).fill(7);
const cache = new Map([[Bytes.toHex(keyId).toUpperCase(), parsed]]);
const serials = [...parsed.serials].slice(0, 65536).map((text, i) => {
    const bytes = Bytes.of(Bytes.fromHex(text));
    if (i % 2) {
        bytes[bytes.length - 1] ^= 1;
    }
    return bytes;
});
let at = 0,
    hits = 0;
async function lookup() {
    const entry = cache.get(Bytes.toHex(keyId).replace(/:/g, "").toUpperCase());
    hits += entry.serials.has(Bytes.toHex(serials[at++ % serials.length]).toUpperCase());
}
await timed(65536, 1, lookup);
hits = 0;
const found = await timed(65536, samples, lookup);
if (hits === 0) {
    throw new Error("nothing was found");
}
console.log(JSON.stringify({ attestation, ingest, entries: parsed.serials.size, peak, lookup: found }));
process.exit(0); // its timers would go on
