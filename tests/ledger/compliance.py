# SPDX-License-Identifier: Apache-2.0
"""compliance.py - certification records and models of a world, as the ledger shows them.

Owns:          the objects of the DCL's compliance and model modules, from `compliance` and `models` in
               ledger.json; what is not given there has the ledger's default.
Must not know: HTTP, paging.
"""
STATES = {"provisional-models": 1, "certified-models": 2, "revoked-models": 3}

_INFO = {
    "vid": 0, "pid": 0, "softwareVersion": 0, "certificationType": "matter",
    "softwareVersionString": "", "cDVersionNumber": 1, "softwareVersionCertificationStatus": 2,
    "date": "2025-01-02T03:04:05Z", "reason": "", "owner": "", "history": [],
    "cDCertificateId": "CSA00000SWC00000-01", "certificationRoute": "", "programType": "",
    "programTypeVersion": "", "compliantPlatformUsed": "", "compliantPlatformVersion": "",
    "transport": "", "familyId": "", "supportedClusters": "", "OSVersion": "", "parentChild": "",
    "certificationIdOfSoftwareComponent": "", "schemaVersion": 0, "specificationVersion": 0,
}
_MODEL = {
    "vid": 0, "pid": 0, "deviceTypeId": 0, "productName": "", "productLabel": "", "partNumber": "",
    "commissioningCustomFlow": 0, "commissioningCustomFlowUrl": "",
    "commissioningModeInitialStepsHint": 0, "commissioningModeInitialStepsInstruction": "",
    "commissioningModeSecondaryStepsHint": 0, "commissioningModeSecondaryStepsInstruction": "",
    "userManualUrl": "", "supportUrl": "", "productUrl": "", "lsfUrl": "", "lsfRevision": 0,
    "creator": "", "schemaVersion": 0, "enhancedSetupFlowOptions": 0, "enhancedSetupFlowTCUrl": "",
    "enhancedSetupFlowTCRevision": 0, "enhancedSetupFlowTCDigest": "",
    "enhancedSetupFlowTCFileSize": 0, "maintenanceUrl": "", "discoveryCapabilitiesBitmask": 0,
    "commissioningFallbackUrl": "", "icdUserActiveModeTriggerHint": 0,
    "icdUserActiveModeTriggerInstruction": "", "factoryResetStepsHint": 0,
    "factoryResetStepsInstruction": "",
}


class Compliance:
    """`told` is ledger.json."""

    def __init__(self, told=None):
        told = told or {}
        self.infos = [{**_INFO, **row} for row in told.get("compliance", [])]
        self.models = [{**_MODEL, **row} for row in told.get("models", [])]

    @staticmethod
    def key(record):
        return (record["vid"], record["pid"], record["softwareVersion"],
                record["certificationType"])

    def states(self, status):
        """Rows of certified, revoked or provisional models: only what is in that state now."""
        return [state(i, True) for i in self.infos
                if i["softwareVersionCertificationStatus"] == status]

    def state_of(self, status, vid, pid, version, kind):
        """The one row: `value` is false when the model was in the state and is no longer."""
        for info in self.infos:
            if self.key(info) == (vid, pid, version, kind):
                now = info["softwareVersionCertificationStatus"]
                past = [h["softwareVersionCertificationStatus"] for h in info["history"]]
                return state(info, now == status) if status in [now] + past else None
        return None

    def info(self, vid, pid, version, kind):
        return next((i for i in self.infos if self.key(i) == (vid, pid, version, kind)), None)

    def software(self):
        """Device software compliance: the records of one declaration, revoked ones left out."""
        groups = {}
        for info in self.infos:
            if info["softwareVersionCertificationStatus"] != 3:
                groups.setdefault(info["cDCertificateId"], []).append(info)
        return [{"cDCertificateId": name, "complianceInfo": infos, "schemaVersion": 0}
                for name, infos in sorted(groups.items())]

    def model(self, vid, pid):
        return next((m for m in self.models if (m["vid"], m["pid"]) == (vid, pid)), None)

    def versions(self, vid, pid):
        numbers = sorted({i["softwareVersion"] for i in self.infos
                          if (i["vid"], i["pid"]) == (vid, pid)})
        return {"vid": vid, "pid": pid, "softwareVersions": numbers,
                "schemaVersion": 0} if numbers else None


def state(info, value):
    return {"vid": info["vid"], "pid": info["pid"], "softwareVersion": info["softwareVersion"],
            "certificationType": info["certificationType"], "value": value, "schemaVersion": 0}
