using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>A broker that requires TLS and a password. There is none if its tests are skipped.</summary>
public sealed class SecuredFixture : IAsyncLifetime
{
    public const string User = "reader";
    public const string Password = "open-sesame";

    private readonly TestAuthority _authority = new("known");
    private readonly TestAuthority _stranger = new("stranger");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-tls-");

    public KafkaServer? Server { get; private set; }

    /// <summary>The certificate of the authority that signed the broker's certificate.</summary>
    public string TrustedPath => Path.Combine(_folder.FullName, "known.pem");

    /// <summary>The certificate of another authority.</summary>
    public string StrangerPath => Path.Combine(_folder.FullName, "stranger.pem");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(TrustedPath, _authority.CertificatePem);
        await File.WriteAllTextAsync(StrangerPath, _stranger.CertificatePem);
        if (KafkaServer.MissingReason(ownServer: true) is null)
        {
            Server = await KafkaServer.StartAsync(new KafkaSecurity(_authority, User, Password));
        }
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        _folder.Delete(recursive: true);
        _authority.Dispose();
        _stranger.Dispose();
    }
}
