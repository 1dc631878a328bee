using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka;

/// <summary>What is asked of topics in more than one place.</summary>
public static class KafkaTopics
{
    private const int ListedTopics = 20;

    /// <summary>A topic that must be there.</summary>
    /// <param name="admin">Whom to ask.</param>
    /// <param name="address">The cluster's address, for the message.</param>
    /// <param name="topic">Its name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ServiceRefusedException">There is none; names those that there are.</exception>
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
