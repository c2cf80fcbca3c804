//! FROST(secp256k1, SHA-256) signatures, verified by RFC 9591's equation and libsecp256k1 alone.

use secp256k1::{PublicKey, Scalar, Secp256k1, SecretKey};
use sha2::{Digest as _, Sha256};

/// Section 6.5: z·G = R + c·PK with c = H2(R ‖ PK ‖ message).
pub fn verifies(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let secp = Secp256k1::new();
    let (Some((r, z)), Ok(point)) = (signature.split_at_checked(33), PublicKey::from_slice(key)) else {
        return false;
    };
    let (Ok(z), Ok(commitment)) = (SecretKey::from_slice(z), PublicKey::from_slice(r)) else { return false };
    let challenge = challenge(&[r, key, message].concat());
    let right = point.mul_tweak(&secp, &challenge).unwrap();
    commitment.combine(&right).is_ok_and(|right| z.public_key(&secp) == right)
}

/// H2: `hash_to_field` with the suite's domain, that is 48 bytes modulo the group's order. The upper half times 2¹⁹², plus
/// the lower half.
fn challenge(input: &[u8]) -> Scalar {
    let uniform = expand(input, b"FROST-secp256k1-SHA256-v1chal");
    let half = |bytes: &[u8]| SecretKey::from_slice(&[&[0; 8], bytes].concat()).unwrap();
    let mut shift = [0; 32];
    shift[7] = 1;
    let upper = half(&uniform[..24]).mul_tweak(&Scalar::from_be_bytes(shift).unwrap()).unwrap();
    Scalar::from(upper.add_tweak(&Scalar::from(half(&uniform[24..]))).unwrap())
}

/// RFC 9380's `expand_message_xmd` with SHA-256, to 48 bytes.
fn expand(message: &[u8], domain: &[u8]) -> Vec<u8> {
    let suffix = [domain, &[u8::try_from(domain.len()).unwrap()]].concat();
    let first = Sha256::digest([&[0; 64], message, &[0, 48, 0], &suffix].concat());
    let one = Sha256::digest([&first[..], &[1], &suffix].concat());
    let mixed: Vec<u8> = first.iter().zip(&one).map(|(a, b)| a ^ b).collect();
    let two = Sha256::digest([&mixed[..], &[2], &suffix].concat());
    [&one[..], &two[..16]].concat()
}
