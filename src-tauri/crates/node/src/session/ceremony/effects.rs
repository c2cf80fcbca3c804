//! Inputs into the coordinator, and what it wants done.

use std::collections::VecDeque;

use coordinator::dkg::{Effect, Input, Params};
use identity::DeviceId;
use rand::rngs::OsRng;
use zeroize::Zeroizing;

use super::Session;
use crate::{
    failure::Failure,
    message::{MessagePart, english},
    network::Network,
};

impl Session {
    pub(super) async fn input(&mut self, input: Input<'_>) {
        if let Some(dkg) = self.dkg.take() {
            let (dkg, effects) = dkg.handle(input, &mut OsRng);
            self.progress = dkg.progress();
            self.dkg = Some(dkg);
            self.perform(effects).await;
        }
    }

    /// Carries effects out in order. When one can't be made durable, those behind it don't happen, and the
    /// ceremony is given up: what was to be signed has not left this device.
    pub(super) async fn perform(&mut self, effects: Vec<Effect>) {
        let mut effects: VecDeque<_> = effects.into();
        while let Some(effect) = effects.pop_front() {
            let signs_next = matches!(effect, Effect::StorePending { .. });
            let erases = matches!(effect, Effect::Discard);
            let done = match effect {
                Effect::Send { to, message } => self.post(&[to], message).await,
                Effect::Broadcast { to, message } => self.post(&to, message).await,
                Effect::StorePending { wallet, share } => self.store_pending(*wallet, share).await,
                Effect::UpdatePending { wallet } => {
                    self.missing = None;
                    self.update_pending(*wallet).await
                }
                Effect::Activate { wallet } => self.activate(*wallet).await,
                Effect::Discard => self.erase().await,
                Effect::Everyone => self.everyone().await,
                Effect::Violation(reason) => {
                    tracing::warn!(%reason, "a device misbehaved");
                    Ok(())
                }
                // The progress says it.
                Effect::Proposed { params, by } => {
                    self.unacceptable = self.objection(by, params);
                    Ok(())
                }
                Effect::Unfinished { .. } | Effect::Failed(_) => Ok(()),
            };
            if let Err(reason) = done {
                tracing::error!(reason = english(&reason), "a session's state could not be stored");
                self.failure = Some(match erases {
                    true => Failure::NotErased { reason },
                    false => Failure::NotStored { reason },
                });
                effects.clear();
                if !signs_next {
                    continue;
                }
                if let Some(dkg) = self.dkg.take() {
                    let (dkg, given_up) = dkg.handle(Input::NotStored, &mut OsRng);
                    self.progress = dkg.progress();
                    self.dkg = Some(dkg);
                    effects.extend(given_up);
                }
            }
        }
    }

    /// Why this device's user is not even asked about a proposal.
    fn objection(&self, by: DeviceId, params: Params) -> Option<Failure> {
        if Network::proposed(&params).is_err() {
            return Some(Failure::UnknownNetwork { network: params.network().map(ToString::to_string) });
        }
        let is_other = self.announced.as_ref().is_some_and(|expected| *expected != (by, params));
        is_other.then_some(Failure::NotAsAnnounced)
    }

    /// Queues a message for each device. One that left or can't keep up is the deadline's business.
    async fn post(&mut self, to: &[DeviceId], message: Zeroizing<Vec<u8>>) -> Result<(), Vec<MessagePart>> {
        let Some(mesh) = &self.mesh else { return Ok(()) };
        if mesh.broadcast(to, message.clone()).await.is_err() && to.len() > 1 {
            for device in to {
                let _ = mesh.send(*device, message.clone()).await;
            }
        }
        Ok(())
    }
}
