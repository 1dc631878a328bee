using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// Takes part in moves, see docs/design/live-moves.md. A task that moves stops behind the barrier of the move. Any other goes on: its channels to the
/// tasks that move hold what comes behind the barrier, and are connected again to the tasks in their place.
/// </summary>
internal sealed partial class StreamTask
{
    // Announced, neither aborted nor over; null: none is.
    private TaskMove? _move;

    // Whether the checkpoint is one with which this task moves.
    private bool MovesWith(CheckpointId checkpoint) => _move?.Checkpoint == checkpoint && _move.Tasks.Contains(Deployment.Id)
        && !context.Environment.Mutations.ServesAfterMove;

    private void PrepareMove(TaskMove move)
    {
        _move = move;
        if (context.Environment.Mutations.ServesAfterMove)
        {
            return;
        }

        List<(JobEdge Edge, ChannelId Id)> outgoing = ChannelLayout.Outgoing(Deployment);
        for (int i = 0; i < outgoing.Count; i++)
        {
            if (move.Tasks.Contains(ReceiverOf(outgoing[i])))
            {
                _chain!.Channels[i].HoldBehind(move.Checkpoint);
            }
        }
    }

    private void AbortMove(CheckpointId checkpoint)
    {
        if (_move?.Checkpoint == checkpoint)
        {
            _move = null;
            Array.ForEach(_chain!.Channels, channel => channel.Resume());
        }
    }

    private void OnPeersMoved(IReadOnlyDictionary<TaskId, Attempt> moved)
    {
        List<(JobEdge Edge, ChannelId Id)> outgoing = ChannelLayout.Outgoing(Deployment);
        for (int i = 0; i < outgoing.Count; i++)
        {
            if (moved.TryGetValue(ReceiverOf(outgoing[i]), out Attempt attempt))
            {
                _chain!.Channels[i].Disconnect(attempt);
            }
        }

        List<(JobEdge Edge, ChannelId Id)> incoming = ChannelLayout.Incoming(Deployment);
        for (int i = 0; i < incoming.Count; i++)
        {
            if (moved.TryGetValue(SenderOf(incoming[i]), out Attempt attempt))
            {
                _gate.Disconnect(i, attempt);
            }
        }
    }

    private void Reconnect()
    {
        _move = null;
        ConnectOutputs();
        ConnectInputs();
    }

    private TaskId ReceiverOf((JobEdge Edge, ChannelId Id) channel) => new(Deployment.Job, channel.Edge.To.Id, channel.Id.To);

    private TaskId SenderOf((JobEdge Edge, ChannelId Id) channel) => new(Deployment.Job, channel.Edge.From.Id, channel.Id.From);
}
