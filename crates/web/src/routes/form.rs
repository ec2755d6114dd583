//! What a form carried.

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::Turn;
use crate::frame::Frame;
use crate::problem::Problem;

/// The fields of a form, untrusted.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form that anybody may have sent.
    pub(super) async fn read(request: Request) -> Result<Self, StatusCode> {
        let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
        form.map(|Form(fields)| Self(fields)).map_err(|refused| refused.into_response().status())
    }

    /// A field as it was typed; nothing if it is not there.
    pub(super) fn raw(&self, name: &str) -> &str {
        let field = self.0.iter().find(|(key, _)| key == name);
        field.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// A field without the spaces around it.
    pub(super) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field with a whole number.
    pub(super) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.text(name).parse().ok()
    }
}

/// The fields of one of our own forms: it carried the visitor's token.
pub(super) struct Posted(pub(super) Fields);

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Turn;

    async fn from_request(request: Request, _: &S) -> Result<Self, Turn> {
        let frame = request.extensions().get::<Frame>().cloned();
        let token = frame.map(|frame| frame.token).ok_or(Problem::Unavailable)?;
        let fields = Fields::read(request).await.map_err(|_| Problem::FormStale)?;
        if fields.raw("token") != token {
            return Err(Problem::FormStale.into());
        }
        Ok(Self(fields))
    }
}
