using QueryStream.Connectors.Kafka;

namespace QueryStream.JobSubmit.Running;

/// <summary>Looks for the topic of a job before the job starts, so that a missing one is one error, and an immediate one.</summary>
internal static class KafkaCheck
{
    /// <summary>Finds the topic.</summary>
    /// <exception cref="Core.Errors.ServiceUnavailableException">Kafka does not answer.</exception>
    /// <exception cref="Core.Errors.ServiceRefusedException">There is no such topic.</exception>
    public static async Task<KafkaTopic> RequireTopicAsync(IKafkaClients clients, string address, string topic, CancellationToken cancellationToken)
    {
        await using IKafkaAdmin admin = clients.OpenAdmin(new KafkaConnection(address, "", new Dictionary<string, string>()));
        return await admin.RequireTopicAsync(address, topic, cancellationToken);
    }
}
