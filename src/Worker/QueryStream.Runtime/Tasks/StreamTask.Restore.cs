using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tasks;

/// <summary>Restores a snapshot.</summary>
internal sealed partial class StreamTask
{
    // The task's watermark in the restored snapshot; MinValue if there is none.
    private EventTime _restoredWatermark = EventTime.MinValue;

    // Whether the task had ended when the restored snapshot was taken. It restores its state only to write it again, for the next snapshots.
    private bool _isFinishedOnRestore;
    private ListShare _lists;
    private bool _finishesOnRestore;

    // The progress of the task itself; the state of its operators is restored when the task runs.
    private void RestoreProgress()
    {
        if (Deployment.Restore is not { } restored)
        {
            return;
        }

        restored.State.CheckKeyGroups(Deployment.Graph.Name, Deployment.Graph.KeyGroups);
        EndedTasks ended = new(restored.State, Deployment.Graph);
        _isFinishedOnRestore = ended.Has(Deployment.Vertex, Deployment.Subtask);
        _lists = Deployment.HasMoved ? ListShare.All : ended.ShareOf(Deployment.Vertex, Deployment.Subtask);
        _restoredWatermark = RestoredWatermarkOf(Deployment.Vertex);
        _combiner.Restore(_restoredWatermark);
        if (Deployment.Subtask == 0 || Deployment.HasMoved)
        {
            context.Ledger.Restore(restored.State.Ledger);
        }
    }

    // Runs outside of turns; no turn uses the operators before it ends. One operator after the other, so that few chunks are in memory.
    private async Task<bool> RestoreStateAsync(RestoredCheckpoint restored, CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _restoring.Token);
        foreach (IStatefulOperator stateful in context.Stateful)
        {
            if (restored.State.Find(stateful.Id) is not { } snapshot)
            {
                continue;
            }

            StateReader reader = new(
                snapshot, restored.Chunks, Deployment.Graph.KeyGroups, Deployment.Subtask, Deployment.Vertex.Parallelism, either.Token)
            {
                Watermark = _restoredWatermark,
                Lists = _lists,
            };
            try
            {
                await stateful.RestoreAsync(reader).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                throw new OperatorFailure(stateful.Name, e);
            }
        }

        return true;
    }

    private EventTime RestoredWatermarkOf(JobVertex vertex) => Deployment.Restore?.State.WatermarkOf(vertex.Id) ?? EventTime.MinValue;

    // Rows that were too late for the restored state stay too late, although the watermark of this attempt begins anew.
    private void AnnounceRestoredWatermark()
    {
        if (_chain!.Source is null && _restoredWatermark > EventTime.MinValue)
        {
            OnControl(Control.Advance(_restoredWatermark));
        }
    }

    private void CloseIfFinishedOnRestore()
    {
        if (_finishesOnRestore)
        {
            Close(TaskState.Finished);
        }
    }
}
