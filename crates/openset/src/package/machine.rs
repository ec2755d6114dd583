//! What machine an executable is for: its ELF header says so (System V ABI, chapter 4).

use anyhow::bail;

/// A machine that packages are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    /// x86-64.
    Amd64,
    /// AArch64.
    Arm64,
    /// RISC-V, 64 bits.
    Riscv64,
}

impl Machine {
    /// The machine that an executable is for.
    pub(crate) fn of(executable: &[u8]) -> anyhow::Result<Self> {
        // 64 bits, least significant octet first.
        let Some(header) = executable.strip_prefix(b"\x7fELF\x02\x01") else {
            bail!("not an executable for Linux on a 64-bit machine");
        };
        match header.get(12..14) {
            Some([62, 0]) => Ok(Self::Amd64),
            Some([183, 0]) => Ok(Self::Arm64),
            Some([243, 0]) => Ok(Self::Riscv64),
            _ => bail!("an executable for a machine that no package is made for"),
        }
    }

    /// What Debian calls it.
    pub(crate) fn debian(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
            Self::Riscv64 => "riscv64",
        }
    }
}
