use coordinator::sign::RequestId;
use mesh::SessionId;
use permafrost_tests::{
    cluster::{Cluster, Device, create},
    puppet::{
        Kept, Puppet, Who, honest,
        member::{Manners, Member, News},
        sign_wire::{Body, Shares},
    },
};
use serde_json::Value;

/// Two honest devices and somebody else, who have a wallet together of which any two sign.
pub(crate) struct Scene {
    pub(crate) cluster: Cluster,
    pub(crate) alice: Device,
    pub(crate) bob: Device,
    mallory: Who,
    session: SessionId,
    kept: Kept,
    pub(crate) group_key: Vec<u8>,
}

impl Scene {
    /// With a wallet for a curve and what else there is to say of it.
    pub(crate) fn new(kind: &[&str]) -> Self {
        let cluster = Cluster::start();
        let [alice, bob] = ["alice", "bob"].map(|name| cluster.device(name));
        let mallory = Who::new("mallory");
        let mut arguments = create("Play", kind[0], 3, 2);
        arguments.extend(kind[1..].iter().map(|&more| more.to_owned()));
        let mut creating = alice.start(&arguments);
        let code = creating.session_id();
        let mut joining = bob.start(&["join", &code]);
        let mut puppet = Puppet::join(&mallory, &code, honest());
        puppet.completed();
        assert!(creating.ended().success() && joining.ended().success());
        let (session, kept) = (puppet.session(), puppet.kill());
        let group_key = kept.ceremony().unwrap().group_key;
        Self { cluster, alice, bob, mallory, session, kept, group_key }
    }

    /// The honest ones, with their names.
    pub(crate) fn devices(&self) -> [(&'static str, &Device); 2] {
        [("alice", &self.alice), ("bob", &self.bob)]
    }

    pub(crate) fn meet(&self, manners: Manners) -> Member {
        Member::meet(&self.mallory, &self.session, &self.kept, manners)
    }

    /// What a device knows of a request, while nothing else of it runs.
    pub(crate) fn listed(&self, device: &Device, request: &str) -> Value {
        let listed = device.run(&["requests", "--wait", "1"]);
        listed.into_iter().find(|event| event["id"] == request).expect("it is remembered")
    }
}

pub(crate) fn id(request: &str) -> RequestId {
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&request[2 * at..2 * at + 2], 16).unwrap()).collect();
    RequestId::from_bytes(bytes.try_into().unwrap())
}

pub(crate) fn member<'a>(request: &'a Value, name: &str) -> &'a Value {
    let mut members = request["members"].as_array().unwrap().iter();
    members.find(|member| member["device"]["name"] == name).unwrap()
}

pub(crate) fn shares(news: &News, from: &str) -> Option<Shares> {
    match news {
        News::Heard(name, Body::Shares(shares)) if name == from => Some(shares.clone()),
        _ => None,
    }
}
