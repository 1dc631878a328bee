namespace QueryStream.Testing.Kafka;

/// <summary>Configures a broker that requires TLS and a password, by PLAIN or SCRAM-SHA-256.</summary>
/// <param name="Authority">Signs its certificate.</param>
/// <param name="User">The user, which the broker also uses for its own connections.</param>
/// <param name="Password">The user's password.</param>
public sealed record KafkaSecurity(TestAuthority Authority, string User, string Password)
{
    // 16 bytes in Base64, as Kafka requires.
    private const string ClusterId = "c2VjdXJlZC1icm9rZXItMQ";
    private const string Login = "org.apache.kafka.common.security";

    /// <summary>Writes the broker's configuration and keys to its data folder.</summary>
    /// <returns>The path of the configuration file.</returns>
    internal string Write(string folder, int port)
    {
        string keys = Path.Combine(folder, "keys.pem");
        string trusted = Path.Combine(folder, "trusted.pem");
        File.WriteAllText(keys, Authority.IssueServerPem());
        File.WriteAllText(trusted, Authority.CertificatePem);
        string settings = Path.Combine(folder, "server.properties");
        File.WriteAllText(settings, $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{port + 1}
            controller.listener.names=CONTROLLER
            listeners=SASL_SSL://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1}
            advertised.listeners=SASL_SSL://127.0.0.1:{port}
            listener.security.protocol.map=SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
            inter.broker.listener.name=SASL_SSL
            sasl.mechanism.inter.broker.protocol=PLAIN
            sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256
            listener.name.sasl_ssl.plain.sasl.jaas.config={Login}.plain.PlainLoginModule required username="{User}" password="{Password}" user_{User}="{Password}";
            listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config={Login}.scram.ScramLoginModule required;
            ssl.keystore.type=PEM
            ssl.keystore.location={keys}
            ssl.truststore.type=PEM
            ssl.truststore.location={trusted}
            log.dirs={Path.Combine(folder, "log")}
            num.partitions=1
            offsets.topic.num.partitions=1
            offsets.topic.replication.factor=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1

            """);
        return settings;
    }

    /// <summary>The arguments of Kafka's StorageTool that format an empty storage with the user.</summary>
    internal string[] FormatArguments(string settings) =>
    [
        "format", "-t", ClusterId, "-c", settings,
        "--add-scram", $"SCRAM-SHA-256=[name={User},password={Password}]",
    ];
}
