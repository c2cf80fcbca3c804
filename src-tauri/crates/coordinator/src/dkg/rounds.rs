//! Rounds 1 to 3 for one ciphersuite: each state is consumed by the step that leads to the next.

use std::collections::BTreeMap;

use frost_core::{
    Ciphersuite as Suite, Error, Identifier,
    keys::{VerifyingShare, dkg},
};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use super::{
    Effect, Round,
    abort::AbortReason,
    ceremony::Group,
    inbox::Inbox,
    signed::Signed,
    transcript::{Checked, PublicKeys, Round1, Transcript, commit_to, parse_package, view},
    wire::{Body, Dealt, Echo, Opening, SecretBytes},
};
use crate::{SecretShare, ciphersuite::identifier, hash::Hash};

type Packages<C> = BTreeMap<Identifier<C>, dkg::round1::Package<C>>;

/// Where this device is; the round that it is in waits for the others' messages of that round.
pub(crate) enum Rounds<C: Suite> {
    First(First<C>),
    Echoing(Echoing<C>),
    Second(Box<Second<C>>),
}

/// Our round-1 package is out.
pub(crate) struct First<C: Suite> {
    secret: dkg::round1::SecretPackage<C>,
    nonce: [u8; 32],
}

/// We have all round-1 packages and have said which.
pub(crate) struct Echoing<C: Suite> {
    secret: dkg::round1::SecretPackage<C>,
    nonce: [u8; 32],
    packages: Packages<C>,
    view: Hash,
}

/// All saw the same; our round-2 packages are out.
pub(crate) struct Second<C: Suite> {
    secret: dkg::round2::SecretPackage<C>,
    packages: Packages<C>,
    nonces: Vec<[u8; 32]>,
}

/// What round 3 comes to.
pub(crate) struct Made {
    pub(crate) transcript: Transcript,
    pub(crate) checked: Checked,
    pub(crate) share: SecretShare,
}

/// What came of looking at the inbox.
pub(crate) enum Step<S> {
    /// Messages are missing.
    Wait(S),
    /// The round is done.
    Next(S, Vec<Effect>),
    /// Someone saw other round-1 messages.
    Dispute,
    /// Round 3 is done.
    Done(Box<Made>),
}

impl<C: Suite> Rounds<C> {
    /// Makes the round-1 package, puts it in the inbox and sends it.
    pub(crate) fn start(
        group: &Group,
        inbox: &mut Inbox,
        rng: &mut dyn CryptoRngCore,
    ) -> Result<(Self, Vec<Effect>), AbortReason> {
        let params = group.roster.params();
        let id = identifier::<C>(group.me).ok_or(AbortReason::Internal)?;
        let (secret, package) = dkg::part1(id, params.participants(), params.threshold(), &mut *rng)
            .map_err(|_| AbortReason::Internal)?;
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let statement = Round1 {
            roster: group.hash,
            position: group.me,
            package: package.serialize().map_err(|_| AbortReason::Internal)?,
            nonce: commit_to(group.hash, group.me, &nonce),
        };
        let signed = Signed::new(&statement, &group.local.identity);
        let opening = Opening { roster: group.signed.clone(), round1: signed.clone() };
        inbox.round1.insert(group.me, (signed, statement));
        Ok((Self::First(First { secret, nonce }), vec![group.broadcast(Body::Round1(opening))]))
    }

    pub(crate) fn round(&self) -> Round {
        match self {
            Self::First(_) => Round::Round1,
            Self::Echoing(_) => Round::Echo,
            Self::Second(_) => Round::Round2,
        }
    }

    pub(crate) fn advance(self, group: &Group, inbox: &mut Inbox) -> Result<Step<Self>, AbortReason> {
        match self {
            Self::First(state) => state.advance(group, inbox),
            Self::Echoing(state) => state.advance(group, inbox),
            Self::Second(state) => state.advance(group, inbox),
        }
    }
}

impl<C: Suite> First<C> {
    fn advance(self, group: &Group, inbox: &Inbox) -> Result<Step<Rounds<C>>, AbortReason> {
        if group.positions().any(|position| !inbox.round1.contains_key(&position)) {
            return Ok(Step::Wait(Rounds::First(self)));
        }
        let mut packages = Packages::<C>::new();
        for (position, member) in group.other_members() {
            let (_, statement) = inbox.round1.get(&position).ok_or(AbortReason::Internal)?;
            let package = parse_package::<C>(&statement.package, group.roster.params().threshold())
                .ok_or(AbortReason::Malformed { by: member.id })?;
            packages.insert(identifier::<C>(position).ok_or(AbortReason::Internal)?, package);
        }
        let view = view(inbox.round1.values().map(|(signed, _)| signed));
        let echo = group.broadcast(Body::Echo(Echo { roster: group.hash, view, nonce: self.nonce }));
        let Self { secret, nonce } = self;
        Ok(Step::Next(Rounds::Echoing(Echoing { secret, nonce, packages, view }), vec![echo]))
    }
}

impl<C: Suite> Echoing<C> {
    fn advance(self, group: &Group, inbox: &Inbox) -> Result<Step<Rounds<C>>, AbortReason> {
        if inbox.disputed_by.is_some() || inbox.echoes.values().any(|echo| echo.view != self.view) {
            return Ok(Step::Dispute);
        }
        let mut nonces = Vec::new();
        for (position, member) in (0..).zip(group.roster.members()) {
            if position == group.me {
                nonces.push(self.nonce);
            } else if let Some(echo) = inbox.echoes.get(&position) {
                let (_, statement) = inbox.round1.get(&position).ok_or(AbortReason::Internal)?;
                if commit_to(group.hash, position, &echo.nonce) != statement.nonce {
                    return Err(AbortReason::BadNonce { by: member.id });
                }
                nonces.push(echo.nonce);
            }
        }
        if nonces.len() < group.roster.members().len() {
            return Ok(Step::Wait(Rounds::Echoing(self)));
        }
        let Self { secret, packages, .. } = self;
        let (secret, mut shares) = dkg::part2(secret, &packages).map_err(|error| blame(group, &error))?;
        let mut effects = Vec::new();
        for (position, member) in group.other_members() {
            let id = identifier::<C>(position).ok_or(AbortReason::Internal)?;
            let package = shares.remove(&id).ok_or(AbortReason::Internal)?;
            let bytes = Zeroizing::new(package.serialize().map_err(|_| AbortReason::Internal)?);
            let dealt = Dealt { roster: group.hash, package: SecretBytes(bytes) };
            effects.push(group.local.send(member.id, Body::Round2(dealt)));
        }
        Ok(Step::Next(Rounds::Second(Box::new(Second { secret, packages, nonces })), effects))
    }
}

impl<C: Suite> Second<C> {
    fn advance(self: Box<Self>, group: &Group, inbox: &mut Inbox) -> Result<Step<Rounds<C>>, AbortReason> {
        // Whoever disputes has sent no share, and waits for our evidence.
        if inbox.disputed_by.is_some() {
            return Ok(Step::Dispute);
        }
        if group.others().any(|position| !inbox.round2.contains_key(&position)) {
            return Ok(Step::Wait(Rounds::Second(self)));
        }
        let mut shares = BTreeMap::new();
        for (position, bytes) in std::mem::take(&mut inbox.round2) {
            let by = group.roster.device(position).ok_or(AbortReason::Internal)?;
            let package = dkg::round2::Package::<C>::deserialize(&bytes.0)
                .map_err(|_| AbortReason::Malformed { by })?;
            if Zeroizing::new(package.serialize().map_err(|_| AbortReason::Internal)?) != bytes.0 {
                return Err(AbortReason::Malformed { by });
            }
            shares.insert(identifier::<C>(position).ok_or(AbortReason::Internal)?, package);
        }
        let (key_package, public) =
            dkg::part3(&self.secret, &self.packages, &shares).map_err(|error| blame(group, &error))?;
        let keys = PublicKeys::of(&public).ok_or(AbortReason::Internal)?;
        let transcript = Transcript {
            roster: group.signed.clone(),
            round1: inbox.round1.values().map(|(signed, _)| signed.clone()).collect(),
            nonces: self.nonces,
            group_key: keys.group,
            verifying_shares: keys.shares,
        };
        // What will be signed is checked from the messages alone, and our share against it.
        let checked = transcript.check().map_err(|_| AbortReason::Internal)?;
        let own = VerifyingShare::from(*key_package.signing_share());
        let stated = public.verifying_shares().get(key_package.identifier());
        let consistent = stated == Some(&own) && key_package.verifying_key() == public.verifying_key();
        if !consistent {
            return Err(AbortReason::Internal);
        }
        let share = SecretShare::from_key_package(&key_package).map_err(|_| AbortReason::Internal)?;
        Ok(Step::Done(Box::new(Made { transcript, checked, share })))
    }
}

/// Turns an error of `frost_core` into the device that caused it.
fn blame<C: Suite>(group: &Group, error: &Error<C>) -> AbortReason {
    let device = |culprit: Identifier<C>| {
        group
            .positions()
            .find(|position| identifier(*position) == Some(culprit))
            .and_then(|position| group.roster.device(position))
    };
    match *error {
        Error::InvalidProofOfKnowledge { culprit } => {
            device(culprit).map_or(AbortReason::Internal, |by| AbortReason::BadProofOfKnowledge { by })
        }
        Error::InvalidSecretShare { culprit: Some(culprit) } => {
            device(culprit).map_or(AbortReason::Internal, |by| AbortReason::BadShare { by })
        }
        _ => AbortReason::Internal,
    }
}
