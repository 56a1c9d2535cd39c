//! Hooks for every repository of this user: a folder that the user's core.hooksPath names.
//!
//! In: the user's git configuration. Out: a script for each name of a hook that git knows, since git looks nowhere else
//! then: each runs the repository's own hook, and four look first. A core.hooksPath that is set already is not taken away
//! without `--force`, and then its hooks are run from ours and it comes back with `uninstall`.

use crate::cli::console::{Done, Failure, Out};
use crate::cli::exit;
use crate::hook::files::{self, Change, Kept};
use crate::hook::user::{EARLIER, folder, set, unset, value};
use crate::hook::{git, script, shown};
use crate::text::escape;

/// Puts them in.
pub(super) fn install(force: bool, out: &Out) -> Done {
    let folder = folder()?;
    let now = value("--global", "core.hooksPath")?;
    let kept = value("--global", EARLIER)?;
    let (earlier, own) = match now {
        Some(now) if now == folder => (kept, true),
        Some(now) => (Some(now), false),
        // Ours would hide that of the system.
        None => (value("--system", "core.hooksPath")?, false),
    };
    if let Some(earlier) = earlier.as_deref().filter(|_| !own && !force) {
        let earlier = escape::terminal(earlier.as_os_str().as_encoded_bytes());
        return Err(Failure::new(format!(
            "core.hooksPath is `{earlier}` already; nothing was changed. With --force ours take its place, run every hook of \
             that folder as before, and give it back on `leaktight hook uninstall --global`"
        )));
    }
    let program = git::own_program()?;
    for name in script::ALL {
        files::can_keep(&folder.join(name))?;
    }
    let mut counts = [0_usize; 3];
    for name in script::ALL {
        let path = folder.join(name);
        match files::put(&path, &script::everywhere(name, &program, earlier.as_deref()))? {
            Change::Same => counts[0] += 1,
            Change::Made | Change::Upgraded => counts[1] += 1,
            Change::Kept => {
                counts[2] += 1;
                out.say(&format!("{}: was not ours; kept as {}", shown(&path), shown(&files::before(&path))))?;
            }
        }
    }
    if !own {
        if let Some(earlier) = &earlier {
            set(EARLIER, earlier)?;
        }
        set("core.hooksPath", &folder)?;
    }
    let (dir, written) = (shown(&folder), counts[1] + counts[2]);
    let others = if written < script::ALL.len() { ", the others were in place" } else { "" };
    out.say(&format!("{dir}: {written} of {} hooks written{others}", script::ALL.len()))?;
    let further = match &earlier {
        Some(earlier) => format!("they run those of {}, as git did before", shown(earlier)),
        None => "they run each repository's own hooks".to_owned(),
    };
    out.say(&format!("git takes its hooks from there now (core.hooksPath, configuration of this user); {further}"))?;
    out.say("`leaktight hook status --global` proves that they fire")?;
    Ok(exit::CLEAN)
}

/// Takes them out.
pub(super) fn uninstall(out: &Out) -> Done {
    let folder = folder()?;
    let mut any = false;
    if value("--global", "core.hooksPath")?.is_some_and(|now| now == folder) {
        let earlier = value("--global", EARLIER)?;
        // What the system's configuration says comes back by itself.
        match earlier.filter(|e| value("--system", "core.hooksPath").ok().flatten().as_ref() != Some(e)) {
            Some(earlier) => {
                set("core.hooksPath", &earlier)?;
                out.say(&format!("core.hooksPath is {} again", shown(&earlier)))?;
            }
            None => {
                unset("core.hooksPath")?;
                out.say("core.hooksPath of this user is not set any more")?;
            }
        }
        any = true;
    }
    unset(EARLIER)?;
    let mut removed = 0_usize;
    for name in script::ALL {
        let path = folder.join(name);
        match files::take(&path)? {
            Kept::Removed => removed += 1,
            Kept::Restored | Kept::Foreign => out.say(&format!("{}: not ours, stays", shown(&path)))?,
            Kept::Stranded(before) => out.say(&format!("{}: not ours, stays", shown(&before)))?,
            Kept::Absent => {}
        }
    }
    // Only when it is empty.
    let _ = std::fs::remove_dir(&folder);
    if removed > 0 {
        out.say(&format!("{}: {removed} hooks removed", shown(&folder)))?;
    } else if !any {
        out.say("nothing to do: there are no hooks of ours for every repository")?;
    }
    Ok(exit::CLEAN)
}
