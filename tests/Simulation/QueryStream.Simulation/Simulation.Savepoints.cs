using QueryStream.Checkpoints.Inspection;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Simulation.Reports;

namespace QueryStream.Simulation;

/// <summary>
/// Takes savepoints while the job runs, stops it with some of them, and starts it again, as its owner would: from the savepoint with which it was
/// stopped until it has a checkpoint of its own, otherwise from its latest checkpoint.
/// </summary>
internal sealed partial class Simulation
{
    private const string Latest = "latest";
    private const string ManifestName = "/_metadata";

    // The paths of the complete savepoints.
    private readonly List<string> _savepoints = [];

    private Task<string>? _savepoint;
    private StopRequest? _stop;
    private string _restoreFrom = Latest;
    private bool _isHealed;
    private int _givenUpJobs;

    // The job is to be stopped. Manifests are the savepoints that there were before.
    private sealed record StopRequest(Task<string> Path, IReadOnlyList<string> Manifests)
    {
        public string? CompletePath { get; set; }

        // Whether that is its end.
        public bool Drains { get; init; }
    }

    private void TakeSavepoint(bool stops)
    {
        if (_isHealed)
        {
            return;
        }

        if (_process?.Handle is not { Status: JobStatus.Running } handle || _stop is not null || _savepoint is not null)
        {
            At(WhileDown, () => TakeSavepoint(stops));
            return;
        }

        _world.Trace?.Invoke($"{Now:mm:ss.fff} {(stops ? "stop with a savepoint" : "savepoint")}");
        if (stops)
        {
            _stop = new StopRequest(handle.StopWithSavepointAsync(), StoredSavepoints());
        }
        else
        {
            _savepoint = handle.TakeSavepointAsync();
        }
    }

    // Notes what has become of savepoints, and starts a job again that was stopped or has failed for good.
    private async Task ObserveSavepointsAsync(SimulatedProcess process, JobHandle handle)
    {
        ObserveCheckpoints(handle);

        if (_savepoint is { IsCompleted: true } savepoint)
        {
            _savepoint = null;
            if (await PathOfAsync(savepoint) is { } path)
            {
                _report.Savepoints++;
                _savepoints.Add(path);
            }
        }

        if (_takenOver is null && _stop is { CompletePath: null, Path.IsCompleted: true } stop)
        {
            stop.CompletePath = await PathOfAsync(stop.Path);
            _stop = stop.CompletePath is null ? null : stop;
        }

        if (handle.Completion.IsCompleted)
        {
            StartAgain(process, await handle.Completion);
        }
    }

    private void ObserveCheckpoints(JobHandle handle)
    {
        if (handle.Checkpoints.LastCompleted is not null)
        {
            _restoreFrom = Latest;
        }
    }

    // A coordinator that was deposed goes on until it notices, and may complete a checkpoint.
    private void ObserveFormer()
    {
        if (_former is { } former)
        {
            _former = null;
            ObserveCheckpoints(former);
        }
    }

    // Only the errors that a caller is told of.
    private async Task<string?> PathOfAsync(Task<string> savepoint)
    {
        try
        {
            return await savepoint;
        }
        catch (QueryStreamException e) when (e is CheckpointFailedException or CheckpointStorageException)
        {
            _world.Trace?.Invoke($"{Now:mm:ss.fff} The savepoint has failed: {e.Message}");
            return null;
        }
    }

    private void StartAgain(SimulatedProcess process, JobResult result)
    {
        bool hasGivenUp = _world.Log.GivenUpJobs > _givenUpJobs;
        if (_stop is { CompletePath: { } path } stop
            && (result.Status == JobStatus.Finished ? !stop.Drains : result.Failure is CheckpointFailedException))
        {
            _report.Suspensions++;
            _savepoints.Add(path);
            _restoreFrom = path;
        }
        else if (result.Status == JobStatus.Failed && hasGivenUp)
        {
            _report.GivenUp++;
        }
        else
        {
            return;
        }

        _stop = null;
        _report.Checkpoints += result.Checkpoints.Completed;
        _report.Requested += result.Checkpoints.Requested;
        if (_random.Next(2) == 0)
        {
            _world.Trace?.Invoke($"{Now:mm:ss.fff} process {_processes} starts the job again from {_restoreFrom}");
            Submitted(process.SubmitAgainAsync(_restoreFrom));
        }
        else
        {
            // It goes on in another process.
            Crash(RestartDelay(), mayBeOver: false);
        }
    }

    private void Submitted(Task<JobHandle>? submission)
    {
        _failedJobs = _world.Log.FailedJobs;
        _givenUpJobs = _world.Log.GivenUpJobs;
        _submission = submission;
        _seenRestarts = 0;
        _isRestored = false;
    }

    // The process has died. Where it was stopping with a savepoint that is complete, sinks may have committed for it.
    private void ForgetSavepoints()
    {
        _savepoint = null;
        ObserveFormer();
        if (_stop is { } stop)
        {
            _stop = null;
            if (StoredSavepoints().Except(stop.Manifests).FirstOrDefault() is { } manifest)
            {
                string folder = manifest[..manifest.IndexOf('/', "/savepoints/".Length)];
                _restoreFrom = $"file://{folder}";
                _world.Trace?.Invoke($"The savepoint {_restoreFrom} is complete.");
            }
        }
    }

    private string[] StoredSavepoints() =>
    [
        .. _world.Files.Files.Where(file =>
            file.StartsWith("/savepoints/", StringComparison.Ordinal) && file.EndsWith(ManifestName, StringComparison.Ordinal)),
    ];

    // A savepoint is its owner's: nothing ever deletes a part of it.
    private async Task RequireSoundSavepointsAsync()
    {
        foreach (string path in _savepoints)
        {
            DirectoryStorage storage = new(new Uri(path).LocalPath, _world.Files);
            StoredCheckpoint stored = await CheckpointPath.Parse(path).ResolveAsync(storage, CancellationToken.None);
            CheckpointManifest manifest = await storage.ReadAsync(stored, CancellationToken.None);
            CheckpointVerification verification = await CheckpointVerification.RunAsync(storage, manifest, CancellationToken.None);
            if (verification.DamagedChunks.Count > 0)
            {
                throw new SimulationException($"Savepoint {path} is damaged: {verification.DamagedChunks[0]}");
            }
        }
    }
}
