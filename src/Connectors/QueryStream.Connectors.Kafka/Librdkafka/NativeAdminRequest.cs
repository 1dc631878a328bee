namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// Requests of librdkafka's admin API, whose responses arrive on a queue. All block, and throw <see cref="NativeRequestException"/>.
/// </summary>
internal static unsafe class NativeAdminRequest
{
    public const int DescribeConfigs = 5;
    public const int DescribeTopics = 19;
    public const int ListOffsets = 21;
    private const int ErrorSize = 512;

    private static readonly TopicChange Creation = new(
        1,
        NativeMethods.CreateTopics,
        static (answer, count) => NativeMethods.CreateTopicsResultTopics(NativeMethods.EventCreateTopicsResult(answer), count),
        NativeError.TopicAlreadyExists);

    private static readonly TopicChange Deletion = new(
        2,
        NativeMethods.DeleteTopics,
        static (answer, count) => NativeMethods.DeleteTopicsResultTopics(NativeMethods.EventDeleteTopicsResult(answer), count),
        NativeError.UnknownTopicOrPartition);

    private static readonly TopicChange Growth = new(
        3,
        NativeMethods.CreatePartitions,
        static (answer, count) => NativeMethods.CreatePartitionsResultTopics(NativeMethods.EventCreatePartitionsResult(answer), count),
        NativeError.None);

    /// <summary>Sends a request and reads its response.</summary>
    /// <param name="client">The client.</param>
    /// <param name="operation">A value of rd_kafka_admin_op_t.</param>
    /// <param name="request">Names the request in errors.</param>
    /// <param name="timeoutMs">The time limit of the response, and of the operation on the cluster.</param>
    /// <param name="send">Sends the request; receives options and queue.</param>
    /// <param name="read">Reads the response, which is valid during the call.</param>
    public static T Run<T>(nint client, int operation, string request, int timeoutMs, Action<nint, nint> send, Func<nint, T> read)
    {
        byte* error = stackalloc byte[ErrorSize];
        nint options = NativeMethods.AdminOptionsNew(client, operation);
        nint queue = NativeMethods.QueueNew(client);
        nint answer = 0;
        try
        {
            NativeMethods.AdminOptionsSetRequestTimeout(options, timeoutMs, error, ErrorSize);
            if (operation is not (DescribeConfigs or DescribeTopics or ListOffsets))
            {
                NativeMethods.AdminOptionsSetOperationTimeout(options, timeoutMs, error, ErrorSize);
            }

            send(options, queue);
            answer = NativeMethods.QueuePoll(queue, timeoutMs);
            NativeRequests.Check(request, answer == 0 ? NativeError.TimedOut : NativeMethods.EventError(answer));
            return read(answer);
        }
        finally
        {
            if (answer != 0)
            {
                NativeMethods.EventDestroy(answer);
            }

            NativeMethods.QueueDestroy(queue);
            NativeMethods.AdminOptionsDestroy(options);
        }
    }

    /// <summary>Creates a topic.</summary>
    /// <returns>False if it existed already.</returns>
    public static bool CreateTopic(nint client, string topic, int partitions, IReadOnlyDictionary<string, string> config, int timeoutMs)
    {
        string request = $"to create the topic '{topic}'";
        byte* error = stackalloc byte[ErrorSize];
        nint newTopic = Require(request, NativeMethods.NewTopicNew(topic, partitions, -1, error, ErrorSize), error);
        try
        {
            foreach ((string name, string value) in config)
            {
                NativeRequests.Check(request, NativeMethods.NewTopicSetConfig(newTopic, name, value));
            }

            return Change(client, Creation, newTopic, request, timeoutMs);
        }
        finally
        {
            NativeMethods.NewTopicDestroy(newTopic);
        }
    }

    /// <summary>Deletes a topic.</summary>
    /// <returns>False if it did not exist.</returns>
    public static bool DeleteTopic(nint client, string topic, int timeoutMs)
    {
        nint deleteTopic = NativeMethods.DeleteTopicNew(topic);
        try
        {
            return Change(client, Deletion, deleteTopic, $"to delete the topic '{topic}'", timeoutMs);
        }
        finally
        {
            NativeMethods.DeleteTopicDestroy(deleteTopic);
        }
    }

    /// <summary>Adds partitions to a topic.</summary>
    public static void AddPartitions(nint client, string topic, int partitions, int timeoutMs)
    {
        string request = $"to give the topic '{topic}' {partitions} partitions";
        byte* error = stackalloc byte[ErrorSize];
        nint newPartitions = Require(request, NativeMethods.NewPartitionsNew(topic, (nuint)partitions, error, ErrorSize), error);
        try
        {
            Change(client, Growth, newPartitions, request, timeoutMs);
        }
        finally
        {
            NativeMethods.NewPartitionsDestroy(newPartitions);
        }
    }

    private static nint Require(string request, nint created, byte* error) =>
        created != 0 ? created : throw new NativeRequestException(request, NativeError.NotImplemented, NativeMethods.Text(error));

    // Changes one topic. False if there was nothing to do.
    private static bool Change(nint client, TopicChange change, nint topic, string request, int timeoutMs) => Run(
        client,
        change.Operation,
        request,
        timeoutMs,
        (options, queue) =>
        {
            nint only = topic;
            change.Send(client, &only, 1, options, queue);
        },
        answer =>
        {
            nuint count;
            nint result = change.Results(answer, &count)[0];
            NativeError error = NativeMethods.TopicResultError(result);
            if (error != NativeError.None && error != change.NothingToDo)
            {
                throw new NativeRequestException(request, error, NativeMethods.Text(NativeMethods.TopicResultErrorText(result)));
            }

            return error == NativeError.None;
        });

    private delegate void SendChange(nint client, nint* topics, nuint count, nint options, nint queue);

    private delegate nint* ReadResults(nint answer, nuint* count);

    /// <summary>One of the three kinds of topic changes.</summary>
    /// <param name="Operation">A value of rd_kafka_admin_op_t.</param>
    /// <param name="Send">Sends the request.</param>
    /// <param name="Results">Returns the results of the topics in the response.</param>
    /// <param name="NothingToDo">The error with which the cluster reports that the change was made before.</param>
    private sealed record TopicChange(int Operation, SendChange Send, ReadResults Results, NativeError NothingToDo);
}
