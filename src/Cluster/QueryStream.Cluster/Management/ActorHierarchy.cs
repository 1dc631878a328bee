using Akka.Actor;

namespace QueryStream.Cluster.Management;

/// <summary>Lists the actors of this process.</summary>
internal static class ActorHierarchy
{
    // One for each connection, shard and entity: more is left out.
    private const int MaxActors = 10_000;

    /// <summary>The paths of the actors, each behind that of its parent. Actors come and go meanwhile.</summary>
    public static IReadOnlyList<string> PathsOf(ActorSystem system)
    {
        List<string> paths = [];
        ExtendedActorSystem extended = (ExtendedActorSystem)system;
        Add(extended.Provider.Guardian, paths);
        Add(extended.Provider.SystemGuardian, paths);
        return paths;
    }

    private static void Add(IActorRef actor, List<string> paths)
    {
        if (paths.Count == MaxActors)
        {
            return;
        }

        paths.Add(actor.Path.ToStringWithoutAddress());
        if (actor is ActorRefWithCell cell)
        {
            foreach (IActorRef child in cell.Children.OrderBy(child => child.Path.Name, StringComparer.Ordinal))
            {
                Add(child, paths);
            }
        }
    }
}
