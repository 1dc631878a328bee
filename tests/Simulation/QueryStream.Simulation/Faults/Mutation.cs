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

    /// <summary>A new leader takes tasks for running ones that are being deployed, have failed, or have finished.</summary>
    AdoptionWithoutAsking,

    /// <summary>A new leader looks for the last checkpoint while the one before may still commit one.</summary>
    EpochRaisedAfterReading,

    /// <summary>A leader that another one has replaced still commits.</summary>
    CommitWithoutFencing,

    /// <summary>The writer of a transactional sink has the id and the marker of the one before it, and numbers its committables anew.</summary>
    MarkersReused,

    /// <summary>Sinks commit for the savepoint with which the job stops before that is marked.</summary>
    StopNotMarked,

    /// <summary>A subtask that moves goes on behind the barrier with which it moves, and gets rows, until the one in its place runs.</summary>
    BothOwnersServe,

    /// <summary>Redis takes upserts of an attempt after those of the one that has replaced it.</summary>
    AttemptsNotCompared,
}
