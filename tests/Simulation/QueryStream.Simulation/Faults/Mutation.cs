namespace QueryStream.Simulation.Faults;

/// <summary>Defects that are put into a run on purpose, to prove that the simulation finds them. docs/design/simulation.md says how.</summary>
internal enum Mutation
{
    None,
    NoAlignment,
    AcknowledgeBeforeUpload,
    OffsetPolledInsteadOfProcessed,
    PhaseOneDropsLateRows,
    NoFlushBeforeBarrier,
    WatermarkFloorNotRestored,
    TimersNotRestored,
    ReferencedChunkSwept,
    ReadUncommittedManifest,
    RenameWithoutFlush,
    AsyncRowsNotInSnapshot,
    CommitBeforeManifest,
    MarkerReadBeforeFencing,

    /// <summary>Feared: a rename is durable only when its directory is flushed.</summary>
    DirectoryNotFlushed,

    /// <summary>Feared: what sinks had prepared and not committed is part of the state.</summary>
    CommittablesNotRestored,

    /// <summary>Feared: "latest" is not the checkpoint whose output was committed.</summary>
    LatestIsTheOneBefore,
}
