using System.Collections.Immutable;
using System.Globalization;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Keeps what has happened to the job, and how long each phase of a recovery has taken.</summary>
internal sealed partial class JobMaster
{
    // The newest first.
    private ImmutableList<JobEvent> _events;

    // The last one; null: the job was never restarted.
    private RecoveryInProgress? _recovery;
    private CheckpointId? _recordedSavepoint;

    // Called after each message, so that no phase is noted later than it was over.
    private void Observe(JobMasterMessage message)
    {
        ObserveRecovery();
        switch (message)
        {
            case JobMasterMessage.ReportReceived { Report: MetricsReport } when _recovery?.ObserveOutput() == true:
                Update(_recovery);
                Log.FirstOutput(_log, Graph.Name, _handle.Id, Milliseconds(_recovery.View.AfterOf(RecoveryPhase.FirstOutput)!.Value));
                break;
            case CheckpointEvent:
                RecordSavepoint();
                break;
        }
    }

    private void ObserveRecovery()
    {
        if (_recovery is not { IsComplete: false } recovery || !recovery.Observe())
        {
            return;
        }

        if (recovery.View.AfterOf(RecoveryPhase.Placed) is not null)
        {
            recovery.Change(view => view with { RestoredFrom = RestorePath });
        }

        Update(recovery);
        if (recovery.View is { Total: { } total } complete)
        {
            string phases = string.Join(
                ", ", complete.Phases.Select(reached => $"{JobRecovery.NameOf(reached.Phase)} {Milliseconds(reached.Duration)}"));
            Log.Recovered(_log, Graph.Name, _handle.Id, phases, Milliseconds(total), complete.RestoredFrom ?? "the beginning, without state");
        }
    }

    // Regions restart, whose failure has just arrived. Where others restart already, all of that is one time for which the job does not run.
    private void BeginRecovery(QueryStreamException failure, IReadOnlyList<JobRegion> regions)
    {
        RecoveryInProgress? former = _recovery is { IsComplete: false } ? _recovery : null;
        if (former is not null)
        {
            former.Change(view => view with { SupersededBy = _restarts });
            Update(former);
            regions = [.. regions.Union(former.Regions.Where(region => !region.HasStarted))];
        }

        JobRecovery view = new(_restarts, former?.View.NoticedAt ?? Context.Time.GetUtcNow())
        {
            Regions = NamesOf(regions),
            LostWorker = (failure as WorkerLostException)?.Worker.Name,
        };
        _recovery = new RecoveryInProgress(former?.Noticed ?? Context.Time.GetTimestamp(), view, regions, Context.Time);
        if (former is not null)
        {
            _recovery.FailAgain();
        }

        JobEventKind kind = failure.Code is ErrorCode.WorkerLeaves or ErrorCode.JobRescaled ? JobEventKind.Moved : JobEventKind.Restarted;
        Record(kind, failure.Message, _recovery.View);
    }

    // Further regions restart with those that wait for it.
    private void JoinRecovery(IReadOnlyList<JobRegion> regions)
    {
        _recovery!.Join(regions);
        _recovery.Change(view => view with { Regions = NamesOf(_recovery.Regions) });
        Update(_recovery);
    }

    private IReadOnlyList<string> NamesOf(IReadOnlyList<JobRegion> regions) =>
        regions.Count == _regions.Count ? [] : [.. regions.Select(region => region.DisplayName)];

    private void RecordWorkerLost(WorkerId worker, int tasks)
    {
        Record(JobEventKind.WorkerLost, string.Create(CultureInfo.InvariantCulture, $"Worker {worker} is lost, tasks of the job in it: {tasks}"));
        if (_recovery is { IsWaiting: true, View.LostWorker: null })
        {
            // A broken channel is often noticed before the death that has broken it.
            _recovery.Change(view => view with { LostWorker = worker.Name });
            Update(_recovery);
        }
    }

    private void RecordSavepoint()
    {
        if (_checkpoints?.Statistics.LastSavepoint is { Path: { } path } savepoint && savepoint.Id != _recordedSavepoint)
        {
            _recordedSavepoint = savepoint.Id;
            Record(JobEventKind.Savepoint, path);
        }
    }

    private void RecordStart(bool isRestart)
    {
        if (isRestart)
        {
            ObserveRecovery();
        }
        else
        {
            Record(JobEventKind.Running, "All tasks run");
        }
    }

    private void RecordEnd()
    {
        RecordSavepoint();
        string status = _status.ToString().ToUpperInvariant();
        Record(JobEventKind.Ended, _failure is null ? status : $"{status}: {_failure.Message}");
    }

    private void Record(JobEventKind kind, string text, JobRecovery? recovery = null)
    {
        ImmutableList<JobEvent> events = _events.Insert(0, new JobEvent(kind, Context.Time.GetUtcNow(), text) { Recovery = recovery });
        _events = events.Count > JobEvent.MaxKept ? events.RemoveAt(events.Count - 1) : events;
        _changed = true;
    }

    // Its event, unless many others have pushed it out.
    private void Update(RecoveryInProgress recovery) => UpdateEvent(recovery.View);

    private void UpdateEvent(JobRecovery view)
    {
        int index = _events.FindIndex(
            candidate => candidate.Recovery?.Number == view.Number && candidate.Recovery.NoticedAt == view.NoticedAt);
        if (index >= 0)
        {
            _events = _events.SetItem(index, _events[index] with { Recovery = view });
            _changed = true;
        }
    }

    private static string Milliseconds(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms");
}
