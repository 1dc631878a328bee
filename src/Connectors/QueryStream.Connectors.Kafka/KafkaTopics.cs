using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka;

/// <summary>Topic lookups shared by sources and sinks.</summary>
public static class KafkaTopics
{
    private const int ListedTopics = 20;

    /// <summary>Looks up a topic that must exist.</summary>
    /// <param name="admin">The cluster.</param>
    /// <param name="address">The cluster's address, for the message.</param>
    /// <param name="topic">Its name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ServiceRefusedException">It does not exist. The message lists the existing topics.</exception>
    public static async Task<KafkaTopic> RequireTopicAsync(this IKafkaAdmin admin, string address, string topic, CancellationToken cancellationToken)
    {
        KafkaTopic? found = await admin.FindTopicAsync(topic, cancellationToken).ConfigureAwait(false);
        if (found is not null)
        {
            return found;
        }

        IReadOnlyList<string> topics = await admin.ListTopicsAsync(cancellationToken).ConfigureAwait(false);
        string known = topics.Count switch
        {
            0 => "there are none",
            > ListedTopics => $"there are {string.Join(", ", topics.Take(ListedTopics))} and {topics.Count - ListedTopics} more",
            _ => $"there are {string.Join(", ", topics)}",
        };
        throw new ServiceRefusedException("Kafka", $"Kafka at {address} has no topic '{topic}'; {known}.");
    }
}
