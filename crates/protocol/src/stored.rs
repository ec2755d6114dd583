//! How values of the wire are stored: enumerations by their names, so that a stored state can be
//! read by people and survives a renumbering.

/// Defines a module that stores an enumeration of the wire by the names of its variants.
macro_rules! by_name {
    (
        $(#[$doc:meta])*
        $module:ident: $($path:ident)::+, $type:ident { $($variant:ident),* $(,)? }
    ) => {
        $(#[$doc])*
        pub(crate) mod $module {
            use openset_wire::$($path)::+::$type;
            use serde::{Deserialize, Deserializer, Serialize, Serializer};

            #[derive(Serialize, Deserialize)]
            enum Name {
                $($variant,)*
            }

            pub(crate) fn serialize<S: Serializer>(
                code: &$type,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                match code {
                    $($type::$variant => Name::$variant,)*
                }
                .serialize(serializer)
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$type, D::Error> {
                Ok(match Name::deserialize(deserializer)? {
                    $(Name::$variant => $type::$variant,)*
                })
            }
        }
    };
}

by_name! {
    /// AuthCode, by name.
    auth_code: payment, AuthCode {
        Approved, UnspecifiedFailure, Declined, NoReply, CallIssuer, AmountError, ExpiredCard,
        InvalidTransaction, SystemError, PiPreviouslyUsed, RecurringTooSoon, RecurringExpired,
        PiAuthMismatch, InstallRecurMismatch, CaptureNotSupported, SignatureRequired,
        CardMerchBrandMismatch,
    }
}

by_name! {
    /// AuthRevCode, by name.
    auth_rev_code: payment, AuthRevCode {
        Approved, UnspecifiedFailure, NoReply, AmountError, ExpiredCard, InvalidTransaction,
        SystemError, MissingCapToken, InvalidCapToken, InvalidAmount,
    }
}

by_name! {
    /// BAStatus, by name.
    ba_status: payment, BaStatus {
        Success, CommunicationsError, UnknownBatchId, BatchAlreadyOpen, BatchAlreadyClosed,
        UnknownTransactionDetail, BrandNotSupported, UnknownBin, BatchIdUnavailable,
    }
}

by_name! {
    /// CapCode, by name.
    cap_code: payment, CapCode {
        Success, UnspecifiedFailure, DuplicateRequest, AuthExpired, AuthDataMissing,
        InvalidAuthData, CapTokenMissing, InvalidCapToken, BatchUnknown, BatchClosed, UnknownXid,
        UnknownLid,
    }
}

by_name! {
    /// CapRevOrCredCode, by name.
    refund_code: payment, CapRevOrCredCode {
        Success, UnspecifiedFailure, DuplicateRequest, OriginalProcessed, OriginalNotFound,
        CapPurged, CapDataMismatch, MissingCapData, MissingCapToken, InvalidCapToken, BatchUnknown,
        BatchClosed,
    }
}

by_name! {
    /// CompletionCode, by name.
    completion_code: payment, CompletionCode {
        MeaninglessRatio, OrderRejected, OrderReceived, OrderNotReceived, AuthorizationPerformed,
        CapturePerformed, CreditPerformed,
    }
}

by_name! {
    /// ErrorCode, by name.
    error_code: error, ErrorCode {
        UnspecifiedFailure, MessageNotSupported, DecodingFailure, InvalidCertificate,
        ExpiredCertificate, RevokedCertificate, MissingCertificate, SignatureFailure,
        BadMessageHeader, WrapperMsgMismatch, VersionTooOld, VersionTooNew,
        UnrecognizedExtension, MessageTooBig, SignatureRequired, MessageTooOld, MessageTooNew,
        ThumbsMismatch, UnknownRrpid, UnknownXid, UnknownLid, ChallengeMismatch,
    }
}

by_name! {
    /// CertStatusCode, by name.
    cert_status_code: cert, CertStatusCode {
        RequestComplete, InvalidLanguage, InvalidBin, SigValidationFail, DecryptionError,
        RequestInProgress, RejectedByIssuer, RequestPended, RejectedByAquirer,
        RegFormAnswerMalformed, RejectedByCa, UnableToEncryptCertRes,
    }
}

by_name! {
    /// PCertCode, by name.
    p_cert_code: payment, PCertCode {
        Success, UnspecifiedFailure, BrandNotSupported, UnknownBin,
    }
}

#[cfg(test)]
mod tests {
    use openset_wire::payment::AuthCode;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Kept(#[serde(with = "super::auth_code")] AuthCode);

    #[test]
    fn a_code_is_stored_by_its_name() {
        let stored = serde_json::to_string(&Kept(AuthCode::ExpiredCard)).expect("a name");
        assert_eq!(stored, "\"ExpiredCard\"");
        let kept: Kept = serde_json::from_str(&stored).expect("the same name");
        assert_eq!(kept.0, AuthCode::ExpiredCard);
        assert!(serde_json::from_str::<Kept>("\"Maybe\"").is_err());
    }
}
