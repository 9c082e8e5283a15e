//! Which of AWS's operations are called, and which permission each takes.

/// An operation of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Call {
    /// Reads an object.
    GetObject,
    /// Writes an object.
    PutObject,
    /// Lists a bucket's objects. Without its permission S3 says that reading is denied where there is nothing to read.
    ListObjects,
    /// Removes an object.
    DeleteObject,
    /// Removes a bucket.
    DeleteBucket,
    /// Invokes a function.
    Invoke,
    /// Sends an alert.
    Publish,
    /// Makes a stack.
    CreateStack,
    /// Changes a stack.
    UpdateStack,
    /// Removes a stack.
    DeleteStack,
    /// Looks at a stack.
    DescribeStacks,
    /// Reads what became of a stack's resources.
    DescribeStackEvents,
    /// Looks at a function.
    GetFunction,
    /// Says how many functions may run at once.
    PutFunctionConcurrency,
    /// Looks at the account's limits.
    GetAccountSettings,
}

impl Call {
    /// What the function itself calls. Its role allows these, and nothing else.
    pub const OF_FUNCTION: [Self; 5] = [
        Self::GetObject,
        Self::PutObject,
        Self::ListObjects,
        Self::Invoke,
        Self::Publish,
    ];

    /// Whether a function is what it asks for.
    pub(crate) fn is_of_function(self) -> bool {
        matches!(
            self,
            Self::Invoke | Self::GetFunction | Self::PutFunctionConcurrency
        )
    }

    /// The permission that it takes.
    pub fn action(self) -> &'static str {
        match self {
            Self::GetObject => "s3:GetObject",
            Self::PutObject => "s3:PutObject",
            Self::ListObjects => "s3:ListBucket",
            Self::DeleteObject => "s3:DeleteObject",
            Self::DeleteBucket => "s3:DeleteBucket",
            Self::Invoke => "lambda:InvokeFunction",
            Self::Publish => "sns:Publish",
            Self::CreateStack => "cloudformation:CreateStack",
            Self::UpdateStack => "cloudformation:UpdateStack",
            Self::DeleteStack => "cloudformation:DeleteStack",
            Self::DescribeStacks => "cloudformation:DescribeStacks",
            Self::DescribeStackEvents => "cloudformation:DescribeStackEvents",
            Self::GetFunction => "lambda:GetFunction",
            Self::PutFunctionConcurrency => "lambda:PutFunctionConcurrency",
            Self::GetAccountSettings => "lambda:GetAccountSettings",
        }
    }
}
