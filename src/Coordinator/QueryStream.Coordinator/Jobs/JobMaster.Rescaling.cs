using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Master;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Jobs;

/// <summary>
/// Runs the job at the parallelism that somebody asks for. What can be refused is refused before anything is stopped: the job holds the slots that it
/// lacks, and the registry knows the parallelism, before the job takes a checkpoint and restarts from it. So it runs at the old or the new one
/// wherever its coordinator dies.
/// </summary>
internal sealed partial class JobMaster
{
    // Under way until the registry has answered. Until then the job neither restarts nor ends: an entry could be written after the job was forgotten,
    // and slots that are given back could be in use again.
    private PendingRescale? _rescale;

    // The one that the job was submitted with, or that somebody has asked for since.
    private int WantedParallelism => _registered.Submission.Parallelism;

    private sealed record PendingRescale(JobMasterMessage.Rescale Request)
    {
        // Those that it holds besides those that it runs in.
        public IReadOnlyList<SlotId> Slots { get; set; } = [];
    }

    private void OnRescale(JobMasterMessage.Rescale request)
    {
        try
        {
            RequireRescalable();
            if (request.Parallelism == WantedParallelism)
            {
                request.Answer.TrySetResult(new RescaleResult(_parallelism, WantedParallelism, Restarts: false));
                return;
            }

            if (_checkpoints is null)
            {
                throw new SettingException(
                    CheckpointSettings.DirectoryName,
                    "is not set, so the job would begin anew at another parallelism. Cancel it, and submit it with that setting and parallelism.");
            }

            int slots = _build.GraphAt(request.Parallelism).Slots;
            _rescale = new PendingRescale(request);
            if (_leastSlots is null)
            {
                _cluster.Tell(new MasterMessage.HoldSlots(_handle.Id, slots));
            }
            else
            {
                RegisterRescale(request.Parallelism);
            }
        }
        catch (QueryStreamException e)
        {
            request.Answer.TrySetException(e);
        }
    }

    private void RequireRescalable()
    {
        if (_status != JobStatus.Running || _end is not null)
        {
            throw NotRunning();
        }

        if (_rescale is not null || _move?.Cause is JobRescaledException)
        {
            throw new RescaleRefusedException(
                $"The job is being rescaled already, to parallelism {_rescale?.Request.Parallelism ?? WantedParallelism}. "
                + "Try again when it runs at that.");
        }

        if ((_move?.Cause ?? _liveMove?.Cause) is { } cause)
        {
            throw new RescaleRefusedException($"The job cannot be rescaled now: {cause.Message} Try again when it runs there.");
        }

        if (_checkpoints is { IsStopping: true } or { StoppedWith: not null })
        {
            throw new RescaleRefusedException("The job cannot be rescaled: it stops with a savepoint. Start it from that at another parallelism.");
        }
    }

    private RescaleRefusedException NotRunning() =>
        new($"The job cannot be rescaled: it is {(_end ?? _status).ToString().ToUpperInvariant()}, and must be RUNNING.");

    private void OnSlotsHeld(JobMasterMessage.SlotsHeld held)
    {
        if (_liveMove is { Phase: LiveMovePhase.Placing } move)
        {
            OnSlotsForMove(move, held);
            return;
        }

        if (_rescale is not { } rescale)
        {
            // The move for which they were is forgotten: a restart gives them back with all others.
            return;
        }

        int parallelism = rescale.Request.Parallelism;
        rescale.Slots = [.. held.Slots.Select(slot => slot.Slot)];
        if (held.TooFew is { } tooFew)
        {
            RefuseRescale(new RescaleRefusedException(
                $"The job cannot run at parallelism {parallelism}: besides its own it needs {CountOf(tooFew.Needed)}, and {tooFew.Free} "
                + $"{(tooFew.Free == 1 ? "is" : "are")} free, {tooFew.Needed - tooFew.Free} too few. Start workers with more slots (--slots, "
                + "--workers), or choose a lower --parallelism.",
                ErrorCode.NotEnoughSlots));
        }
        else if (_status != JobStatus.Running)
        {
            RefuseRescale(NotRunning());
        }
        else
        {
            RegisterRescale(parallelism);
        }
    }

    private void RegisterRescale(int parallelism)
    {
        if (_services.Registry is not { } registry)
        {
            OnRescaleRegistered(problem: null);
            return;
        }

        RegisteredJob registered = RegisteredAt(parallelism);
        Context.Start(
            cancellationToken => registry.PutAsync(registered, cancellationToken), problem => new JobMasterMessage.RescaleRegistered(problem));
    }

    private RegisteredJob RegisteredAt(int parallelism) =>
        _registered with { Submission = _registered.Submission with { Parallelism = parallelism } };

    private void OnRescaleRegistered(Exception? problem)
    {
        JobMasterMessage.Rescale request = _rescale!.Request;
        if (problem is not null)
        {
            RefuseRescale(new RescaleRefusedException(
                $"The job goes on at parallelism {_parallelism}, and a coordinator after this one may resume it at {request.Parallelism}: it is not "
                + $"known whether the registry was written. {problem.Message} Try again.",
                ErrorCode.ServiceUnavailable));
            return;
        }

        _rescale = null;
        _registered = RegisteredAt(request.Parallelism);
        int former = _parallelism;
        if (JobLifeCycle.IsEnding(_status))
        {
            request.Answer.TrySetException(NotRunning());
        }
        else
        {
            // Published before the answer: whoever has that finds the parallelism that he has asked for.
            bool restarts = RestartAtWanted();
            Publish();
            request.Answer.TrySetResult(new RescaleResult(former, WantedParallelism, restarts));
        }

        EndIfAllTasksEnded();
    }

    // The slots and the answer. What has waited for the decision goes on.
    private void RefuseRescale(QueryStreamException reason)
    {
        PendingRescale rescale = _rescale!;
        _rescale = null;
        if (rescale.Slots.Count > 0)
        {
            _cluster.Tell(new MasterMessage.ReturnSlots(_handle.Id, rescale.Slots));
        }

        rescale.Request.Answer.TrySetException(reason);
        EndIfAllTasksEnded();
    }

    // Whether the job restarts. From here on, every restart takes slots anew, and so is one at the parallelism that is wanted.
    private bool RestartAtWanted()
    {
        int target = HighestFor(_slots.Count + _freeSlots);
        JobRescaledException cause = new(_parallelism, target, isRequested: true);
        if (_status == JobStatus.Restarting)
        {
            // A region has failed meanwhile.
            _needsSlots = true;
            if (!_regions.All(region => region.HasFailed))
            {
                Restart(cause, _regions, TimeSpan.Zero, RestoresFrom);
            }

            return true;
        }

        if (target != _parallelism)
        {
            _needsSlots = true;
            MoveAfterCheckpoint(cause);
        }

        ConsiderScalingUp();
        return target != _parallelism;
    }

    private static string CountOf(int slots) => slots == 1 ? "1 slot" : $"{slots} slots";
}
