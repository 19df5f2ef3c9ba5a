//! The script of a stage's moves: what is checked before, the moves, what is checked after, and the way back.
//!
//! Facts on the cmdlets: *Move-CsLegacyUser* (2014-03-19), *Move-CsUser* (2013-02-22), *Verify that user replication has
//! completed*, and *Migrate existing meetings and meeting content* (2013-02-22) of Lync Server 2013. The scripts run in the Lync
//! Server Management Shell from Windows PowerShell 2.0 on. No string in them is in double quotes, in which PowerShell would
//! look for variables.

use std::fmt::Write as _;

use super::batch::Written;
use super::{Batch, Earnest, MovingStage};
use crate::model::ServerVersion;
use crate::plan::{Pool, PoolIndex};
use crate::report::model::wording::{self, number};
use crate::report::model::{People, Report};
use crate::report::powershell_text::{commented, quoted};

/// The port of a pool's SIP service over TLS.
const SIP_TLS: u16 = 5061;

/// Writes the script for a list that has been written.
#[must_use]
pub fn script(
    report: &Report,
    stage: &MovingStage<'_>,
    people: &People<'_>,
    written: &Written,
    earnest: Earnest,
) -> String {
    let mut script = Script {
        text: String::new(),
        stage,
        people,
        written,
        earnest,
    };
    script.head(report);
    script.pools();
    script.list();
    script.checks_before();
    script.moves();
    if earnest == Earnest::ForReal {
        script.checks_after();
    }
    script.way_back(report);
    script.text.replace('\n', "\r\n")
}

struct Script<'s, 'r, 'p> {
    text: String,
    stage: &'s MovingStage<'r>,
    people: &'s People<'p>,
    written: &'s Written,
    earnest: Earnest,
}

impl Script<'_, '_, '_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn comment(&mut self, text: &str) {
        let _ = writeln!(self.text, "# {}", commented(text));
    }

    fn head(&mut self, report: &Report) {
        let event = &report.events[self.stage.row.event];
        let header = &report.header;
        self.comment(&format!(
            "Moves of stage {} on {}: {}",
            self.stage.number, event.date, event.title
        ));
        self.comment(&format!(
            "Phase {}: {} ({}). Plan: {}",
            self.stage.phase.number,
            self.stage.phase.name,
            self.stage.phase.verdict.decision.name(),
            header.plan
        ));
        self.comment(&format!(
            "Written by cutover {}, which has run nothing.",
            header.tool_version
        ));
        self.line("#");
        self.comment(match self.earnest {
            Earnest::WhatIf => {
                "Every command has -WhatIf: it says what it would do and does nothing. Write the report with --moves-for-real to get commands that move."
            }
            Earnest::ForReal => "THE COMMANDS MOVE USERS, without asking for each.",
        });
        self.comment("To be run in the Lync Server Management Shell by a member of RTCUniversalUserAdmins, after user replication has finished (event 30024 of LS User Replicator).");
        self.comment(
            "Never use -Force: it discards conferences and contacts that cannot be moved.",
        );
        if self.written.left_out > 0 {
            let users = wording::users(self.written.left_out);
            self.comment(&format!(
                "{users} of the list are left out, because their addresses could be taken for something else; move them by hand (column Note)."
            ));
        }
        self.line("");
        self.line("Set-StrictMode -Version 2.0");
        self.line("$ErrorActionPreference = 'Stop'");
        self.line("");
    }

    /// The pools of the stage, each with the name that commands use and every spelling under which users can be homed there.
    fn pools(&mut self) {
        let plan = self.people.timeline().plan;
        let mut pools: Vec<PoolIndex> = self
            .stage
            .batches
            .iter()
            .flat_map(|batch| [batch.from, batch.to])
            .collect();
        pools.sort_unstable();
        pools.dedup();
        for pool in pools {
            let (pool, index) = (plan.pool(pool), pool);
            self.comment(&format!("{}, {}", pool.id, pool.server.name()));
            if full_name(pool).is_none() {
                self.comment("The plan has no fully qualified name of this pool: add it to its names, or write it here.");
            }
            let mut names: Vec<&str> = vec![&pool.id];
            names.extend(pool.names.iter().map(String::as_str));
            let names: Vec<String> = names.into_iter().map(quoted).collect();
            let _ = writeln!(
                self.text,
                "{} = {}\n{} = @({})",
                target(index),
                quoted(full_name(pool).unwrap_or(&pool.id)),
                spellings(index),
                names.join(", ")
            );
        }
        self.line("");
    }

    fn list(&mut self) {
        let all: u64 = self.written.users.iter().sum();
        let file = format!("{:02}.csv", self.stage.number);
        let _ = writeln!(
            self.text,
            "$folder = Split-Path -Parent $MyInvocation.MyCommand.Path\n\
             $list = @(Import-Csv -Path (Join-Path $folder {}))\n\
             $batch = @($list | Where-Object {{ $_.Batch -ne '' }})\n\
             # Whoever changes the list changes this number too.\n\
             if ($batch.Count -ne {all}) {{ throw ({} -f $batch.Count) }}\n",
            quoted(&file),
            quoted(&format!(
                "{file} was written with {all} users to move and has {{0}}; nothing was moved"
            ))
        );
    }

    fn checks_before(&mut self) {
        self.line(
            "function Get-HomePool($user) {
    # OCS 2007 R2 users have the distinguished name of their pool, others its full name.
    $registrar = [string]$user.RegistrarPool
    if ($registrar -ne '') { return $registrar }
    if ([string]$user.HomeServer -match 'CN=([^,]+),CN=Pools,') { return $Matches[1] }
    return ''
}

function Test-Home($row, $spellings) {
    $user = Get-CsUser -Identity ('sip:' + $row.SipAddress) -ErrorAction SilentlyContinue
    if (-not $user) { return ('{0} is not found' -f $row.SipAddress) }
    $pool = Get-HomePool $user
    if ($spellings -notcontains $pool) { return ('{0} is homed on {1}' -f $row.SipAddress, $pool) }
}

function Test-Target($name) {
    if (-not (Get-CsPool -Identity $name -ErrorAction SilentlyContinue)) { return ('{0} is not in the topology' -f $name) }
    $client = New-Object System.Net.Sockets.TcpClient",
        );
        let _ = writeln!(
            self.text,
            "    try {{ $client.Connect($name, {SIP_TLS}) }} catch {{ return ('{{0}} cannot be reached on port {SIP_TLS}' -f $name) }} finally {{ $client.Close() }}\n}}\n"
        );
        self.line("# Before: every target is there, and every user is still where the plan found them. Nothing moves unless all is well.");
        self.line("$problems = @()");
        let mut targets: Vec<PoolIndex> = self.stage.batches.iter().map(|batch| batch.to).collect();
        targets.sort_unstable();
        targets.dedup();
        for pool in targets {
            let _ = writeln!(self.text, "$problems += @(Test-Target {})", target(pool));
        }
        for (position, batch) in self.stage.batches.iter().enumerate() {
            let _ = writeln!(
                self.text,
                "$problems += @({} | ForEach-Object {{ Test-Home $_ {} }})",
                members(position),
                spellings(batch.from)
            );
        }
        self.line("if ($problems.Count -gt 0) {");
        self.line("    $problems | ForEach-Object { Write-Warning $_ }");
        self.line("    throw ('{0} problems; nothing was moved' -f $problems.Count)");
        self.line("}\n");
    }

    fn moves(&mut self) {
        let batches = self.stage.batches.iter().enumerate();
        for (position, batch) in batches {
            let heading = self.heading("Moves", position, batch.from, batch.to);
            self.comment(&heading);
            let content = self.moves_content(batch);
            if content {
                self.comment("Content of meetings (presentations, whiteboards, polls) comes along with -MoveConferenceData only.");
            }
            let command = command(
                batch.cmdlet(self.people),
                target(batch.to),
                content,
                self.earnest,
            );
            let _ = writeln!(
                self.text,
                "{} | ForEach-Object {{ {command} }}\n",
                members(position)
            );
        }
    }

    /// From 2010 to 2013 meeting content can come along.
    fn moves_content(&self, batch: &Batch) -> bool {
        let plan = self.people.timeline().plan;
        plan.pool(batch.from).server == ServerVersion::Lync2010
            && plan.pool(batch.to).server == ServerVersion::Lync2013
    }

    fn heading(&self, what: &str, position: usize, from: PoolIndex, to: PoolIndex) -> String {
        let plan = self.people.timeline().plan;
        format!(
            "{what}: batch {}, {} from {} to {}",
            position + 1,
            wording::users(self.written.users[position]),
            plan.pool(from).id,
            plan.pool(to).id
        )
    }

    fn checks_after(&mut self) {
        self.line("# After: every user is on the new pool.");
        self.line("$problems = @()");
        for (position, batch) in self.stage.batches.iter().enumerate() {
            let _ = writeln!(
                self.text,
                "$problems += @({} | ForEach-Object {{ Test-Home $_ {} }})",
                members(position),
                spellings(batch.to)
            );
        }
        self.line("$problems | ForEach-Object { Write-Warning $_ }");
        self.line("Write-Host ('{0} users moved, {1} problems' -f ($batch.Count - $problems.Count), $problems.Count)\n");
    }

    fn way_back(&mut self, report: &Report) {
        let rollback = &self.stage.row.rollback;
        self.line("# ---- The way back ----");
        if let Some(point) = &rollback.loses_data_from {
            self.comment(&format!(
                "Going back loses data from {} on: {}.",
                point.date, point.why
            ));
        }
        for line in self.ends_of_the_way_back(report) {
            self.comment(&line);
        }
        for note in &rollback.notes {
            self.comment(&format!("- {} ({})", note.text, note.source));
        }
        self.line("# The commands, each a comment. They need what stands above this section, and the same checks with the pools exchanged.");
        for (position, batch) in self.stage.batches.iter().enumerate() {
            let heading = self.heading("Back", position, batch.to, batch.from);
            self.comment(&heading);
            let command = command("Move-CsUser", target(batch.from), false, self.earnest);
            let _ = writeln!(
                self.text,
                "# {} | ForEach-Object {{ {command} }}",
                members(position)
            );
        }
    }

    /// From when on there is no pool to go back to, for each pool that the plan decommissions at this stage or later.
    fn ends_of_the_way_back(&self, report: &Report) -> Vec<String> {
        let mut from: Vec<PoolIndex> = self.stage.batches.iter().map(|batch| batch.from).collect();
        from.sort_unstable();
        from.dedup();
        let plan = self.people.timeline().plan;
        let mut lines = Vec::new();
        for pool in from {
            let retired = report.phases.iter().flat_map(|phase| &phase.stages);
            let retired = retired
                .filter(|row| row.number >= self.stage.number && row.retires.contains(&pool))
                .min_by_key(|row| row.number);
            if let Some(row) = retired {
                let event = &report.events[row.event];
                lines.push(format!(
                    "No way back to {} from {} on: it is decommissioned (stage {}).",
                    plan.pool(pool).id,
                    event.date,
                    number(row.number as u64)
                ));
            }
        }
        lines
    }
}

/// The users of a batch, as an expression.
fn members(position: usize) -> String {
    format!(
        "$batch | Where-Object {{ $_.Batch -eq '{}' }}",
        position + 1
    )
}

/// The variable with a pool's name for commands.
fn target(pool: PoolIndex) -> String {
    format!("$pool{}", pool.0 + 1)
}

/// The variable with every spelling of a pool.
fn spellings(pool: PoolIndex) -> String {
    format!("$pool{}Names", pool.0 + 1)
}

/// The command that moves the user at hand.
fn command(cmdlet: &str, target: String, content: bool, earnest: Earnest) -> String {
    let content = if content { " -MoveConferenceData" } else { "" };
    let earnest = match earnest {
        Earnest::WhatIf => " -WhatIf",
        Earnest::ForReal => " -Confirm:$false",
    };
    format!("{cmdlet} -Identity ('sip:' + $_.SipAddress) -Target {target}{content}{earnest}")
}

/// A pool's name for commands: the first of its spellings that is a fully qualified one.
fn full_name(pool: &Pool) -> Option<&str> {
    let mut names = pool
        .names
        .iter()
        .map(String::as_str)
        .chain([pool.id.as_str()]);
    names.find(|name| {
        name.contains('.')
            && !name.starts_with('.')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
    })
}
