/*
 * Port crypto (native/xs/crypto.js): AES-128-CCM, HKDF, SHA-256 and ECDSA P-256 of the PSA Crypto API. Functions answer
 * with a status of that API, 0 for success, which JavaScript turns into errors; ranges are checked before any call.
 * Hosts that were built without the library answer that it is absent.
 */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "crypto-psa.h"
#include "glue.h"

#define MOST (1 << 30)

enum { KEY_BYTES = 16, TAG_BYTES = 8, NONCE_BYTES = 13, DIGEST_BYTES = 32, SIGNATURE_BYTES = 64, PRIVATE_BYTES = 32, PUBLIC_BYTES = 65,
	/* Most of a secret, a salt or an info. */
	PART_BYTES = 128 };

#ifdef RV_CRYPTO

/* Keys of AES that the library holds for us; it has 32 places in all, and a program may have more keys than that. */
enum { HELD = 24 };

struct aead {
	uint8_t key[KEY_BYTES], nonce[NONCE_BYTES];
	int held;
	/* Of numbered sealing: the last counter, or -1. */
	int64_t last;
};

static struct {
	struct aead *owner;
	psa_key_id_t id;
	uint32_t used;
} held[HELD];
static uint32_t uses;

static const psa_algorithm_t CCM = PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, TAG_BYTES);

/* Numbers alone: turning anything else into one could run scripts, which move buffers and close keys. */
static int32_t number(xsMachine *the, int at, int32_t low, int32_t high)
{
	xsType type = xsmcArgc > at ? xsmcTypeOf(xsArg(at)) : xsUndefinedType;
	xsNumberValue value = type == xsIntegerType || type == xsNumberType ? xsmcToNumber(xsArg(at)) : -1;
	if (!(value >= low && value <= high) || value != (xsNumberValue)(int32_t)value)
		xsRangeError("crypto: an offset or a count is no integer from %d to %d", (int)low, (int)high);
	return (int32_t)value;
}

/* Bytes of the buffer at an argument; valid until XS is called. */
static uint8_t *part(xsMachine *the, int at, int32_t offset, int32_t count, int writable)
{
	void *bytes;
	xsUnsignedValue size;
	if (xsmcArgc <= at || xsmcTypeOf(xsArg(at)) != xsReferenceType)
		xsTypeError("crypto: there are no bytes");
	glue_buffer(the, &xsArg(at), &bytes, &size, writable);
	if ((xsUnsignedValue)offset > size || (xsUnsignedValue)count > size - (xsUnsignedValue)offset)
		xsRangeError("crypto: the bytes leave their buffer");
	return (uint8_t *)bytes + offset;
}

/* Copies what has a fixed or a small size, so that several buffers can be named. */
static void copy(xsMachine *the, int at, uint8_t *into, int32_t bytes)
{
	int32_t offset = number(the, at + 1, 0, MOST);
	memcpy(into, part(the, at, offset, bytes, 0), (size_t)bytes);
}

static psa_status_t ready(void)
{
	static int started;
	psa_status_t status = started ? PSA_SUCCESS : psa_crypto_init();
	started = status == PSA_SUCCESS;
	return status;
}

static void answer(xsMachine *the, psa_status_t status)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)status);
}

/* Not optimised away, as memset of what is freed next would be. */
static void wipe(void *bytes, size_t count)
{
	volatile uint8_t *at = bytes;
	while (count--)
		*at++ = 0;
}

static psa_status_t import(psa_key_type_t type, psa_key_bits_t bits, psa_key_usage_t usage, psa_algorithm_t algorithm, const uint8_t *bytes, size_t count, psa_key_id_t *id)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_status_t status = ready();
	if (status != PSA_SUCCESS)
		return status;
	psa_set_key_type(&attributes, type);
	psa_set_key_bits(&attributes, bits);
	psa_set_key_usage_flags(&attributes, usage);
	psa_set_key_algorithm(&attributes, algorithm);
	return psa_import_key(&attributes, bytes, count, id);
}

static void release(int place)
{
	psa_destroy_key(held[place].id);
	held[place].owner->held = -1;
	held[place].owner = NULL;
}

static psa_status_t import_aead(const struct aead *a, psa_key_id_t *id)
{
	return import(PSA_KEY_TYPE_AES, 8 * KEY_BYTES, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT, CCM, a->key, KEY_BYTES, id);
}

/* The place of the key that was used longest ago; -1: none is held. */
static int oldest(void)
{
	int place = -1;
	for (int i = 0; i < HELD; i++)
		if (held[i].owner && (place < 0 || uses - held[i].used > uses - held[place].used))
			place = i;
	return place;
}

/* The library's key of an object; the one that was used longest ago goes where all places are taken. */
static psa_status_t key_of(struct aead *a, psa_key_id_t *id)
{
	int place = a->held;
	if (place < 0) {
		for (place = 0; place < HELD && held[place].owner; place++)
			;
		if (place == HELD)
			release(place = oldest());
		psa_status_t status = import_aead(a, &held[place].id);
		/* Wi-Fi has keys in the library too. */
		for (int other; status == PSA_ERROR_INSUFFICIENT_MEMORY && (other = oldest()) >= 0; status = import_aead(a, &held[place].id))
			release(other);
		if (status != PSA_SUCCESS)
			return status;
		held[place].owner = a;
		a->held = place;
	}
	held[place].used = ++uses;
	*id = held[place].id;
	return PSA_SUCCESS;
}

void xs_aead_destructor(void *data)
{
	struct aead *a = data;
	if (!a)
		return;
	if (a->held >= 0)
		release(a->held);
	wipe(a, sizeof(*a));
	free(a);
}

/* Secret, salt and info; RFC 5869, one block of its output. */
static psa_status_t derive(uint8_t bytes[3][PART_BYTES], const int32_t counts[3], uint8_t *key)
{
	static const psa_key_derivation_step_t STEPS[] = { PSA_KEY_DERIVATION_INPUT_SALT, PSA_KEY_DERIVATION_INPUT_SECRET, PSA_KEY_DERIVATION_INPUT_INFO };
	static const uint8_t ORDER[] = { 1, 0, 2 };
	psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
	psa_status_t status = ready();
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_setup(&operation, PSA_ALG_HKDF(PSA_ALG_SHA_256));
	for (int i = 0; i < 3 && status == PSA_SUCCESS; i++)
		status = psa_key_derivation_input_bytes(&operation, STEPS[i], bytes[ORDER[i]], (size_t)counts[ORDER[i]]);
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_output_bytes(&operation, key, KEY_BYTES);
	psa_key_derivation_abort(&operation);
	return status;
}

/* (secret, offset, count, salt, offset, count, info, offset, count), or (key, offset) */
void xs_aead_constructor(xsMachine *the)
{
	uint8_t bytes[3][PART_BYTES];
	int32_t counts[3];
	int derived = xsmcArgc > 2;
	glue_check_new(the, xs_aead_destructor, "AeadKey");
	for (int i = 0; i < (derived ? 3 : 1); i++) {
		counts[i] = derived ? number(the, 3 * i + 2, 0, PART_BYTES) : KEY_BYTES;
		copy(the, 3 * i, bytes[i], counts[i]);
	}
	struct aead *a = malloc(sizeof(*a));
	if (!a)
		xsRangeError("AeadKey: no memory");
	a->held = -1;
	a->last = -1;
	memset(a->nonce, 0, sizeof(a->nonce));
	psa_status_t status = PSA_SUCCESS;
	if (derived)
		status = derive(bytes, counts, a->key);
	else
		memcpy(a->key, bytes[0], KEY_BYTES);
	wipe(bytes, sizeof(bytes));
	if (status != PSA_SUCCESS) {
		free(a);
		xsUnknownError("the cryptographic library answers %d", (int)status);
	}
	xsmcSetHostData(xsThis, a);
}

static void work(xsMachine *the, struct aead *a, const uint8_t *nonce, int seal, uint8_t *bytes, int32_t header, int32_t count)
{
	psa_key_id_t id;
	size_t length = 0;
	uint8_t *text = bytes + header;
	psa_status_t status = key_of(a, &id);
	/* In place: CCM goes through its input once, in order. */
	if (status == PSA_SUCCESS)
		status = seal ? psa_aead_encrypt(id, CCM, nonce, NONCE_BYTES, bytes, (size_t)header, text, (size_t)count, text, (size_t)(count + TAG_BYTES), &length)
			: psa_aead_decrypt(id, CCM, nonce, NONCE_BYTES, bytes, (size_t)header, text, (size_t)count, text, (size_t)(count - TAG_BYTES), &length);
	if (!seal && status != PSA_SUCCESS)
		memset(text, 0, (size_t)count);
	answer(the, status);
}

/* seal and open: (nonce, offset, buffer, offset, size, plainOffset, count); offset and size are the view's, the rest lies in it. */
static void transform(xsMachine *the, int seal)
{
	uint8_t nonce[NONCE_BYTES];
	struct aead *a = glue_host(the, xs_aead_destructor, "open AeadKey");
	copy(the, 0, nonce, NONCE_BYTES);
	int32_t offset = number(the, 3, 0, MOST), size = number(the, 4, 0, MOST);
	int32_t header = number(the, 5, 0, size), count = number(the, 6, 0, 0xFFFF), tag = seal ? TAG_BYTES : 0;
	if (count > size - header - tag)
		xsRangeError("crypto: %d bytes at %d, and a tag of %d, leave the buffer of %d", (int)count, (int)header, (int)tag, (int)size);
	if (!seal && count < TAG_BYTES)
		xsRangeError("crypto: %d bytes are less than a tag", (int)count);
	work(the, a, nonce, seal, part(the, 2, offset, size, 1), header, count);
}

/* (nonce, offset): what numbers replace the first four bytes of. */
void xs_aead_number(xsMachine *the)
{
	struct aead *a = glue_host(the, xs_aead_destructor, "open AeadKey");
	copy(the, 0, a->nonce, NONCE_BYTES);
}

/* sealNumbered and openNumbered: (counter, buffer, offset, size, plainOffset, count). Opening takes any lengths: strangers send them. */
static void numbered(xsMachine *the, int seal)
{
	struct aead *a = glue_host(the, xs_aead_destructor, "open AeadKey");
	xsType type = xsmcArgc > 0 ? xsmcTypeOf(xsArg(0)) : xsUndefinedType;
	xsNumberValue value = type == xsIntegerType || type == xsNumberType ? xsmcToNumber(xsArg(0)) : -1;
	if (!(value >= 0 && value <= 4294967295.0) || value != (xsNumberValue)(uint32_t)value)
		xsRangeError("crypto: the counter is no integer from 0 to 2^32 - 1");
	uint32_t counter = (uint32_t)value;
	int32_t offset = number(the, 2, 0, MOST), size = number(the, 3, 0, MOST), header = number(the, 4, 0, MOST), count = number(the, 5, seal ? 0 : -MOST, MOST);
	if (header > size || count > size - header - (seal ? TAG_BYTES : 0) || count < (seal ? 0 : TAG_BYTES) || count > 0xFFFF) {
		if (seal)
			xsRangeError("crypto: %d bytes at %d, and a tag, leave the buffer of %d", (int)count, (int)header, (int)size);
		answer(the, PSA_ERROR_INVALID_SIGNATURE);
		return;
	}
	uint8_t *bytes = part(the, 1, offset, size, 1);
	if (seal) {
		if ((int64_t)counter <= a->last)
			xsRangeError("crypto: a counter must go up, to 2^32 - 1 at most: a nonce used twice gives the plain text away");
		a->last = counter;
	}
	for (int i = 0; i < 4; i++)
		a->nonce[i] = (uint8_t)(counter >> 8 * i);
	work(the, a, a->nonce, seal, bytes, header, count);
}

void xs_aead_sealNumbered(xsMachine *the)
{
	numbered(the, 1);
}

void xs_aead_openNumbered(xsMachine *the)
{
	numbered(the, 0);
}

void xs_aead_seal(xsMachine *the)
{
	transform(the, 1);
}

void xs_aead_open(xsMachine *the)
{
	transform(the, 0);
}

void xs_aead_close(xsMachine *the)
{
	if (xsmcTypeOf(xsThis) == xsReferenceType && fxGetHostDestructor(the, &xsThis) == xs_aead_destructor) {
		void *data = xsmcGetHostData(xsThis);
		xsmcSetHostData(xsThis, NULL);
		xs_aead_destructor(data);
	}
}

void xs_sha256_destructor(void *data)
{
	if (data) {
		psa_hash_abort(data);
		free(data);
	}
}

void xs_sha256_constructor(xsMachine *the)
{
	glue_check_new(the, xs_sha256_destructor, "Sha256");
	psa_hash_operation_t *operation = malloc(sizeof(*operation));
	if (!operation)
		xsRangeError("Sha256: no memory");
	*operation = psa_hash_operation_init();
	psa_status_t status = ready();
	if (status == PSA_SUCCESS)
		status = psa_hash_setup(operation, PSA_ALG_SHA_256);
	if (status != PSA_SUCCESS) {
		xs_sha256_destructor(operation);
		xsUnknownError("the cryptographic library answers %d", (int)status);
	}
	xsmcSetHostData(xsThis, operation);
}

/* (buffer, offset, count) */
void xs_sha256_update(xsMachine *the)
{
	psa_hash_operation_t *operation = glue_host(the, xs_sha256_destructor, "Sha256 that can go on");
	int32_t offset = number(the, 1, 0, MOST), count = number(the, 2, 0, MOST);
	answer(the, psa_hash_update(operation, part(the, 0, offset, count, 0), (size_t)count));
}

/* (buffer, offset): 32 bytes go there. */
void xs_sha256_digest(xsMachine *the)
{
	size_t length;
	psa_hash_operation_t *operation = glue_host(the, xs_sha256_destructor, "Sha256 that can go on");
	int32_t offset = number(the, 1, 0, MOST);
	psa_status_t status = psa_hash_finish(operation, part(the, 0, offset, DIGEST_BYTES, 1), DIGEST_BYTES, &length);
	xsmcSetHostData(xsThis, NULL);
	xs_sha256_destructor(operation);
	answer(the, status);
}

/* (buffer, offset, count, into, offset) */
void xs_crypto_hash(xsMachine *the)
{
	uint8_t digest[DIGEST_BYTES];
	size_t length;
	int32_t offset = number(the, 1, 0, MOST), count = number(the, 2, 0, MOST), to = number(the, 4, 0, MOST);
	const uint8_t *bytes = part(the, 0, offset, count, 0);
	psa_status_t status = ready();
	if (status == PSA_SUCCESS)
		status = psa_hash_compute(PSA_ALG_SHA_256, bytes, (size_t)count, digest, sizeof(digest), &length);
	memcpy(part(the, 3, to, DIGEST_BYTES, 1), digest, sizeof(digest));
	answer(the, status);
}

#define ECDSA PSA_ALG_ECDSA(PSA_ALG_SHA_256)
/* RFC 6979 where it is: no bad random number can give the key away then. */
#ifdef PSA_WANT_ALG_DETERMINISTIC_ECDSA
#define SIGNING PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256)
#else
#define SIGNING ECDSA
#endif

/* (publicKey, offset, digest, offset, signature, offset) */
void xs_crypto_verify(xsMachine *the)
{
	uint8_t key[PUBLIC_BYTES], digest[DIGEST_BYTES], signature[SIGNATURE_BYTES];
	psa_key_id_t id;
	copy(the, 0, key, sizeof(key));
	copy(the, 2, digest, sizeof(digest));
	copy(the, 4, signature, sizeof(signature));
	psa_status_t status = import(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), 256, PSA_KEY_USAGE_VERIFY_HASH, ECDSA, key, sizeof(key), &id);
	if (status == PSA_SUCCESS) {
		status = psa_verify_hash(id, ECDSA, digest, sizeof(digest), signature, sizeof(signature));
		psa_destroy_key(id);
		/* Numbers out of range, too, are a wrong signature; wrong keys have been told before. */
		if (status == PSA_ERROR_INVALID_ARGUMENT)
			status = PSA_ERROR_INVALID_SIGNATURE;
	}
	answer(the, status);
}

static psa_status_t import_pair(const uint8_t *key, psa_key_id_t *id)
{
	return import(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, PSA_KEY_USAGE_SIGN_HASH, SIGNING, key, PRIVATE_BYTES, id);
}

/* (privateKey, offset, digest, offset, into, offset): 64 bytes go there. */
void xs_crypto_sign(xsMachine *the)
{
	uint8_t key[PRIVATE_BYTES], digest[DIGEST_BYTES], signature[SIGNATURE_BYTES];
	psa_key_id_t id;
	size_t length;
	copy(the, 0, key, sizeof(key));
	copy(the, 2, digest, sizeof(digest));
	int32_t to = number(the, 5, 0, MOST);
	psa_status_t status = import_pair(key, &id);
	wipe(key, sizeof(key));
	if (status == PSA_SUCCESS) {
		status = psa_sign_hash(id, SIGNING, digest, sizeof(digest), signature, sizeof(signature), &length);
		psa_destroy_key(id);
	}
	if (status == PSA_SUCCESS)
		memcpy(part(the, 4, to, SIGNATURE_BYTES, 1), signature, sizeof(signature));
	answer(the, status);
}

/* (privateKey, offset, into, offset): 65 bytes go there. */
void xs_crypto_publicKeyOf(xsMachine *the)
{
	uint8_t key[PRIVATE_BYTES], point[PUBLIC_BYTES];
	psa_key_id_t id;
	size_t length;
	copy(the, 0, key, sizeof(key));
	int32_t to = number(the, 3, 0, MOST);
	psa_status_t status = import_pair(key, &id);
	wipe(key, sizeof(key));
	if (status == PSA_SUCCESS) {
		status = psa_export_public_key(id, point, sizeof(point), &length);
		psa_destroy_key(id);
	}
	if (status == PSA_SUCCESS)
		memcpy(part(the, 2, to, PUBLIC_BYTES, 1), point, sizeof(point));
	answer(the, status);
}

/* (buffer, offset, count) */
void xs_crypto_random(xsMachine *the)
{
	int32_t offset = number(the, 1, 0, MOST), count = number(the, 2, 0, MOST);
	uint8_t *bytes = part(the, 0, offset, count, 1);
	psa_status_t status = ready();
	answer(the, status == PSA_SUCCESS ? psa_generate_random(bytes, (size_t)count) : status);
}

void xs_crypto_present(xsMachine *the)
{
	xsmcSetTrue(xsResult);
}

#else

void xs_crypto_present(xsMachine *the)
{
	xsmcSetFalse(xsResult);
}

/* JavaScript asks first; these are for the linker. */
#define ABSENT(name) void name(xsMachine *the) { xsUnknownError("this host has no cryptography"); }

void xs_aead_destructor(void *data) { (void)data; }
void xs_sha256_destructor(void *data) { (void)data; }
ABSENT(xs_aead_constructor)
ABSENT(xs_aead_seal)
ABSENT(xs_aead_open)
ABSENT(xs_aead_close)
ABSENT(xs_aead_number)
ABSENT(xs_aead_sealNumbered)
ABSENT(xs_aead_openNumbered)
ABSENT(xs_sha256_constructor)
ABSENT(xs_sha256_update)
ABSENT(xs_sha256_digest)
ABSENT(xs_crypto_hash)
ABSENT(xs_crypto_verify)
ABSENT(xs_crypto_sign)
ABSENT(xs_crypto_publicKeyOf)
ABSENT(xs_crypto_random)

#endif
