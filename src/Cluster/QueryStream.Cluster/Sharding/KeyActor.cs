using Akka.Actor;
using QueryStream.Wire.State;
using QueryStream.Worker;

namespace QueryStream.Cluster.Sharding;

/// <summary>
/// The address of the keyed state of one operator and key group. It holds no state: it passes each question on to the task, which answers in a turn
/// of its own, or says that it is not the owner. So where the region and the routing of rows disagree for a moment, an answer is late and not wrong.
/// </summary>
internal sealed class KeyActor : UntypedActor
{
    private readonly WorkerNode _worker;

    public KeyActor(WorkerNode worker) => _worker = worker;

    protected override void OnReceive(object message)
    {
        if (message is KeyRequest request)
        {
            _ = AskAsync(request.Query).PipeTo(Sender);
        }
        else
        {
            Unhandled(message);
        }
    }

    private async Task<KeyReply> AskAsync(StateQuery query) => new(await _worker.ReadStateAsync(query).ConfigureAwait(false));
}
