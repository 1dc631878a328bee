namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// Requests of librdkafka's admin interface: each has options and an answer that comes to a queue. All block, and throw
/// <see cref="NativeRequestException"/>.
/// </summary>
internal static unsafe class NativeAdminRequest
{
    public const int DescribeTopics = 19;
    public const int ListOffsets = 21;
    private const int CreateTopics = 1;
    private const int DeleteTopics = 2;
    private const int CreatePartitions = 3;
    private const int ErrorSize = 512;

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="client">The client.</param>
    /// <param name="operation">A value of rd_kafka_admin_op_t.</param>
    /// <param name="request">What is asked for, for errors.</param>
    /// <param name="timeoutMs">How long to wait for the answer, and how long the cluster may take to do what is asked.</param>
    /// <param name="send">Is given options and queue.</param>
    /// <param name="read">Is given the answer, which is valid during the call.</param>
    public static T Run<T>(nint client, int operation, string request, int timeoutMs, Action<nint, nint> send, Func<nint, T> read)
    {
        byte* error = stackalloc byte[ErrorSize];
        nint options = NativeMethods.AdminOptionsNew(client, operation);
        nint queue = NativeMethods.QueueNew(client);
        nint answer = 0;
        try
        {
            NativeMethods.AdminOptionsSetRequestTimeout(options, timeoutMs, error, ErrorSize);
            if (operation is CreateTopics or DeleteTopics or CreatePartitions)
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
    /// <returns>False if it was there before.</returns>
    public static bool CreateTopic(nint client, string topic, int partitions, IReadOnlyDictionary<string, string> config, int timeoutMs)
    {
        string request = $"to create the topic '{topic}'";
        byte* error = stackalloc byte[ErrorSize];
        nint newTopic = NativeMethods.NewTopicNew(topic, partitions, -1, error, ErrorSize);
        Require(request, newTopic, error);
        try
        {
            foreach ((string name, string value) in config)
            {
                NativeRequests.Check(request, NativeMethods.NewTopicSetConfig(newTopic, name, value));
            }

            return Run(
                client,
                CreateTopics,
                request,
                timeoutMs,
                (options, queue) =>
                {
                    nint only = newTopic;
                    NativeMethods.CreateTopics(client, &only, 1, options, queue);
                },
                answer =>
                {
                    nuint count;
                    nint* results = NativeMethods.CreateTopicsResultTopics(NativeMethods.EventCreateTopicsResult(answer), &count);
                    return IsDone(request, results[0], NativeError.TopicAlreadyExists);
                });
        }
        finally
        {
            NativeMethods.NewTopicDestroy(newTopic);
        }
    }

    /// <summary>Deletes a topic.</summary>
    /// <returns>False if there was none.</returns>
    public static bool DeleteTopic(nint client, string topic, int timeoutMs)
    {
        string request = $"to delete the topic '{topic}'";
        nint deleteTopic = NativeMethods.DeleteTopicNew(topic);
        try
        {
            return Run(
                client,
                DeleteTopics,
                request,
                timeoutMs,
                (options, queue) =>
                {
                    nint only = deleteTopic;
                    NativeMethods.DeleteTopics(client, &only, 1, options, queue);
                },
                answer =>
                {
                    nuint count;
                    nint* results = NativeMethods.DeleteTopicsResultTopics(NativeMethods.EventDeleteTopicsResult(answer), &count);
                    return IsDone(request, results[0], NativeError.UnknownTopicOrPartition);
                });
        }
        finally
        {
            NativeMethods.DeleteTopicDestroy(deleteTopic);
        }
    }

    /// <summary>Gives a topic more partitions.</summary>
    public static void AddPartitions(nint client, string topic, int partitions, int timeoutMs)
    {
        string request = $"to give the topic '{topic}' {partitions} partitions";
        byte* error = stackalloc byte[ErrorSize];
        nint newPartitions = NativeMethods.NewPartitionsNew(topic, (nuint)partitions, error, ErrorSize);
        Require(request, newPartitions, error);
        try
        {
            Run(
                client,
                CreatePartitions,
                request,
                timeoutMs,
                (options, queue) =>
                {
                    nint only = newPartitions;
                    NativeMethods.CreatePartitions(client, &only, 1, options, queue);
                },
                answer =>
                {
                    nuint count;
                    nint* results = NativeMethods.CreatePartitionsResultTopics(NativeMethods.EventCreatePartitionsResult(answer), &count);
                    return IsDone(request, results[0], NativeError.None);
                });
        }
        finally
        {
            NativeMethods.NewPartitionsDestroy(newPartitions);
        }
    }

    private static void Require(string request, nint created, byte* error)
    {
        if (created == 0)
        {
            throw new NativeRequestException(request, NativeError.NotImplemented, NativeMethods.Text(error));
        }
    }

    // False where there was nothing to do, which the cluster reports as that error.
    private static bool IsDone(string request, nint result, NativeError nothingToDo)
    {
        NativeError error = NativeMethods.TopicResultError(result);
        if (error == NativeError.None || error == nothingToDo)
        {
            return error == NativeError.None;
        }

        throw new NativeRequestException(request, error, NativeMethods.Text(NativeMethods.TopicResultErrorText(result)));
    }
}
