using System.Globalization;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Requests for settings of the cluster. All block, and throw <see cref="NativeRequestException"/>.</summary>
internal static unsafe class NativeSettings
{
    private const int TopicResource = 2;
    private const int BrokerResource = 4;

    /// <summary>A setting of a topic; null if it is unknown or may not be read.</summary>
    public static string? OfTopic(nint client, string topic, string name, int timeoutMs) => Find(client, TopicResource, topic, name, timeoutMs);

    /// <summary>A setting of the first broker in the cluster's list; null if it is unknown or may not be read.</summary>
    public static string? OfBroker(nint client, string name, int timeoutMs) =>
        Find(client, BrokerResource, FirstBroker(client, timeoutMs).ToString(CultureInfo.InvariantCulture), name, timeoutMs);

    private static string? Find(nint client, int type, string resource, string name, int timeoutMs)
    {
        nint requested = NativeMethods.ConfigResourceNew(type, resource);
        try
        {
            return NativeAdminRequest.Run(
                client,
                NativeAdminRequest.DescribeConfigs,
                $"the setting '{name}'",
                timeoutMs,
                (options, queue) =>
                {
                    nint only = requested;
                    NativeMethods.DescribeConfigs(client, &only, 1, options, queue);
                },
                answer =>
                {
                    nuint count;
                    nint found = NativeMethods.DescribeConfigsResultResources(NativeMethods.EventDescribeConfigsResult(answer), &count)[0];
                    return NativeMethods.ConfigResourceError(found) == NativeError.None ? ValueOf(found, name) : null;
                });
        }
        finally
        {
            NativeMethods.ConfigResourceDestroy(requested);
        }
    }

    private static string? ValueOf(nint resource, string name)
    {
        nuint count;
        nint* entries = NativeMethods.ConfigResourceEntries(resource, &count);
        for (nuint i = 0; i < count; i++)
        {
            if (NativeMethods.Text(NativeMethods.ConfigEntryName(entries[i])) == name)
            {
                return NativeMethods.Text(NativeMethods.ConfigEntryValue(entries[i]));
            }
        }

        return null;
    }

    private static int FirstBroker(nint client, int timeoutMs)
    {
        NativeMetadata* metadata;
        NativeRequests.Check("the list of brokers", NativeMethods.Metadata(client, 0, 0, &metadata, timeoutMs));
        int broker = metadata->BrokerCount > 0 ? *(int*)metadata->Brokers : metadata->OriginBrokerId;
        NativeMethods.MetadataDestroy(metadata);
        return broker;
    }
}
