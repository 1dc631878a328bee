using Microsoft.Extensions.Logging;
using System.Globalization;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Takes savepoints.</summary>
internal sealed partial class CheckpointCoordinator
{
    private const string FileScheme = "file:";

    /// <summary>Takes a savepoint as soon as no checkpoint is under way.</summary>
    /// <param name="target">The directory in which its own directory is created; null: that of the settings.</param>
    /// <param name="stop">What sources do after it; null: they go on.</param>
    /// <param name="path">Completed with its path, or with the reason why it failed.</param>
    public void TakeSavepoint(string? target, StopMode? stop, TaskCompletionSource<string> path)
    {
        string directory = string.IsNullOrEmpty(target) ? Settings.SavepointTarget : target;
        if (directory.Length == 0)
        {
            path.TrySetException(new SettingException(
                CheckpointSettings.SavepointDirectoryName, "is not set, and the request names no directory. Set it, or name one."));
            return;
        }

        if (directory.Contains("://", StringComparison.Ordinal) && !directory.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase))
        {
            path.TrySetException(new SettingException(
                CheckpointSettings.SavepointDirectoryName,
                "must be a directory, file:///PATH: a savepoint is kept by its owner, who can copy and delete a directory."));
            return;
        }

        // Named as in Flink: the first digits of the job's id, and random ones.
        string random = (_context.Executor.NextRandom() >> 16).ToString("x12", CultureInfo.InvariantCulture);
        string address = $"{directory.TrimEnd('/')}/savepoint-{_job.Id.ToString()[..6]}-{random}";
        SavepointRequest request = new(address, stop, path);
        _openingSavepoints++;
        _context.Start(_ => _job.Storages.AcquireAsync(address), epoch => new CheckpointEvent.SavepointOpened(request, epoch));
    }

    private void OnSavepointOpened(CheckpointEvent.SavepointOpened opened)
    {
        _openingSavepoints--;
        if (!opened.Epoch.Succeeded)
        {
            opened.Request.Path.TrySetException(opened.Epoch.Failure);
        }
        else if (!_isActive || StoppedWith is not null)
        {
            Fail(opened.Request, "the job is not running");
        }
        else
        {
            _savepoints.Enqueue(opened.Request with { Epoch = opened.Epoch.Value });
            Schedule();
        }
    }

    private string PathOf(SavepointRequest savepoint) => _job.Storages.Get(savepoint.Address).Address.TrimEnd('/');

    // Marked in the storage of checkpoints, under the epoch there, before any sink is told to commit: from then on nobody goes on from an earlier
    // checkpoint, neither a coordinator after this one nor anyone who starts the job from "latest". Until then nothing is committed, and the job may
    // go on.
    private void MarkStopped(PendingCheckpoint pending, CheckpointManifest manifest)
    {
        pending.IsCommitInFlight = true;
        ICheckpointStorage storage = Store.Storage;
        RunEnd mark = new(_job.Graph.Name, _job.Id, Store.Epoch, RunEndKind.Stopped, _context.Time.GetUtcNow())
        {
            Savepoint = PathOf(pending.Savepoint!),
        };
        _context.Start(
            cancellationToken => storage.MarkEndedAsync(mark, cancellationToken),
            result => new CheckpointEvent.StopMarked(pending.Id, manifest, result));
    }

    private void OnStopMarked(PendingCheckpoint pending, CheckpointEvent.StopMarked marked)
    {
        if (!marked.IsOwner.Succeeded && _owner.IsEnding)
        {
            // Nothing is sent to the tasks of a job that ends, so that no sink commits for the savepoint, whether the mark is written or not.
            pending.IsCommitInFlight = false;
            Abort($"{pending.GivenUp}; the savepoint at {PathOf(pending.Savepoint!)} may be complete", isOfStorage: true);
        }
        else if (!marked.IsOwner.Succeeded)
        {
            // It may be written all the same, so the job can neither go on nor restart before that is known. Said once: it may take hours.
            Log.StopNotMarked(_log, pending.IsUnmarked ? LogLevel.Debug : LogLevel.Warning, _job.Graph.Name, marked.IsOwner.Failure.Message);
            pending.IsUnmarked = true;
            _context.After(CommitRetryDelay, new CheckpointEvent.MarkStopAgain(pending.Id, marked.Manifest));
        }
        else if (marked.IsOwner.Value)
        {
            pending.IsCommitInFlight = false;
            Complete(pending, marked.Manifest);
        }
        else
        {
            OnFenced(End(), by: null);
        }
    }

    private static void Fail(SavepointRequest savepoint, string reason) =>
        savepoint.Path.TrySetException(new CheckpointFailedException($"The savepoint has failed: {reason}."));
}
