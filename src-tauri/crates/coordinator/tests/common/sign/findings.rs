//! What has come of it.

use coordinator::sign::{Misbehaviour, RequestId, Stand};

use super::Group;
use crate::common::verify;

impl Group {
    pub fn stand(&self, at: usize, request: RequestId, of: usize) -> Stand {
        let progress = self.devices[at].signing.as_ref().unwrap().progress();
        let request = progress.requests.into_iter().find(|known| known.request == request).unwrap();
        request.members[of].stand.clone()
    }

    pub fn waiting_for(&self, at: usize, request: RequestId) -> Vec<usize> {
        let progress = self.devices[at].signing.as_ref().unwrap().progress();
        let request = progress.requests.into_iter().find(|known| known.request == request).unwrap();
        request.waiting_for.into_iter().map(|id| self.index(id)).collect()
    }

    /// Everyone has the same signatures, they verify, and nobody is blamed.
    pub fn assert_signed(&self, request: RequestId) {
        for (index, device) in self.devices.iter().enumerate() {
            let (completion, signatures) =
                device.signed.get(&request).unwrap_or_else(|| panic!("device {index} has the signatures"));
            assert_eq!(signatures, &self.devices[0].signed[&request].1, "everyone has the same");
            let signables = self.signables(index, request, completion.as_ref()).unwrap();
            verify::assert_signatures(&self.wallet, &signables, signatures);
        }
    }

    pub fn assert_nobody_blamed(&self) {
        for device in &self.devices {
            assert_eq!(device.violations, [], "{}", device.id);
        }
    }

    /// Everyone whom the devices `at` blame, without those who do not matter there.
    pub fn blamed(&self, at: usize) -> Vec<(usize, Misbehaviour)> {
        let violations = self.devices[at].violations.iter();
        violations.map(|(_, by, what)| (self.index(*by), *what)).collect()
    }
}
