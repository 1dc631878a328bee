using Akka.Actor;
using QueryStream.Coordinator.State;
using QueryStream.Wire.State;

namespace QueryStream.Cluster.Sharding;

/// <summary>Asks keyed actors through the shard region.</summary>
/// <param name="system">Akka's system of this process.</param>
internal sealed class ShardedKeyOwners(ActorSystem system) : IKeyOwners
{
    public async Task<StateAnswer?> AskAsync(JobShard shard, StateQuery query, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            KeyRequest request = new(shard.Slot, query);
            KeyReply reply = await KeyRegion.Of(system).Ask<KeyReply>(request, limit, cancellationToken).ConfigureAwait(false);
            return reply.Answer;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
